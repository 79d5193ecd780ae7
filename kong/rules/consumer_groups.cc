#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/annotations.h"
#include "kong/plugin_attachments.h"
#include "kong/rules/consumer_rules.h"
#include "kong/rules/ingress_class_of.h"
#include "kong/rules/reports.h"

namespace kong {
namespace {

using engine::Cat;

ObjectRef GroupRef(const ObjectName& id) {
  static const Symbol kKind(k8s::KongConsumerGroup::kType.kind);
  return {kKind, id.ns, id.name};
}

PluginAsker AskerOf(const ObjectName& id) {
  return {GroupRef(id), k8s::KongConsumerGroup::kType.group};
}

}  // namespace

void ClaimForConsumerGroup(const GatewayGraph& g, const k8s::KongConsumerGroup& group, Reader& read,
                           Emitter<AdmittedGroup, GroupName, Problem>& say) noexcept {
  const ObjectName id = group.key();
  if (!HasOurClass(g, group.meta, read) || IsForeign(group.control_plane)) return;
  if (read.Find(g.quarantine, GroupRef(id))) return;
  const std::vector<PluginRef> plugins = PluginsOf(group.meta.annotations, id.ns);
  if (auto plugin = ExcludedPluginOf(g, read, AskerOf(id), plugins)) {
    return ReportWarning(say, GroupRef(id),
                         Cat("has no effect while ", plugin->object().text(), " is in quarantine"));
  }
  say.Emit(AdmittedGroup{id});
  say.Emit(GroupName{id.name, id}, RankOf(group.meta));
}

void RenderConsumerGroup(const GatewayGraph& g, const AdmittedGroup& admitted, Reader& read,
                         Emitter<Entity, PluginUse, Problem>& say) noexcept {
  const ObjectRef self = GroupRef(admitted.id);
  const ObjectName& owner = read.Find(g.consumers.group_names, admitted.id.name)->group;
  if (owner != admitted.id) {
    return ReportFailure(
        say, self,
        Cat("the name ", admitted.id.name, " belongs to the older ", GroupRef(owner).text(),
            ": names of consumer groups have no namespaces in Kong"));
  }
  const k8s::KongConsumerGroup& group = *read.Find(g.consumers.groups, admitted.id);
  const EntityId id = ConsumerGroupId(admitted.id.name.text());
  Findings findings;
  std::string json;
  io::JsonWriter(json)
      .BeginObject()
      .Member("id", id.text())
      .Member("name", admitted.id.name.text())
      .Member("tags", TagsOfObject(k8s::KongConsumerGroup::kType, group.meta,
                                   ParseTags(group.meta.annotations, findings)))
      .EndObject();
  ReportAll(say, self, findings);
  std::string name(admitted.id.name.text());
  say.Emit(Entity{EntityKind::kConsumerGroup, id, kNeedsEnterprise, name, std::move(json), {self}});
  PluginTarget target{.scope = PluginScope::kConsumerGroup,
                      .id = id,
                      .name = std::move(name),
                      .service = {},
                      .needs = kNeedsEnterprise};
  SayPluginUses(say, AskerOf(admitted.id), target,
                PluginsOf(group.meta.annotations, admitted.id.ns));
}

}  // namespace kong
