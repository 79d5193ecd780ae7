// A consumer: first the names that it claims, then what Kong gets.
#include <algorithm>

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
using Say = Emitter<Entity, PluginUse, CredentialUse, WantedSecret, Problem>;

ObjectRef ConsumerRef(const ObjectName& id) {
  static const Symbol kKind(k8s::KongConsumer::kType.kind);
  return {kKind, id.ns, id.name};
}

PluginAsker AskerOf(const k8s::KongConsumer& consumer) {
  return {ConsumerRef(consumer.key()), k8s::KongConsumer::kType.group};
}

ConsumerName::Key UsernameKey(const k8s::KongConsumer& consumer) {
  return {0, ConsumerId(consumer.username)};
}
ConsumerName::Key CustomIdKey(const k8s::KongConsumer& consumer) {
  return {1, ConsumerId(consumer.custom_id)};
}

// A credential's Secret in quarantine, if there is one.
std::optional<ObjectName> ExcludedCredential(const GatewayGraph& g,
                                             const k8s::KongConsumer& consumer, Reader& read) {
  for (Symbol credential : consumer.credentials) {
    ObjectName secret{consumer.meta.ns(), credential};
    if (read.Find(g.quarantine, SecretRef(secret))) return secret;
  }
  return std::nullopt;
}

class ConsumerMaker {
 public:
  ConsumerMaker(const GatewayGraph& g, const k8s::KongConsumer& consumer, Reader& read, Say& say)
      : g_(g), consumer_(consumer), self_(ConsumerRef(consumer.key())), read_(read), say_(say) {}

  void Make() {
    if (!Owns(UsernameKey(consumer_), "username", consumer_.username)) return;
    if (!Owns(CustomIdKey(consumer_), "custom_id", consumer_.custom_id)) return;
    id_ = consumer_.username.empty() ? DeriveId("consumers by custom_id", consumer_.custom_id)
                                     : ConsumerId(consumer_.username);
    EmitConsumer();
    for (Symbol group : consumer_.groups) EmitMembership(group);
    for (Symbol credential : consumer_.credentials) {
      ObjectName secret{consumer_.meta.ns(), credential};
      say_.Emit(WantedSecret{secret});
      say_.Emit(CredentialUse{{consumer_.key(), secret}, id_, consumer_.meta.created_s});
    }
    PluginTarget target{
        .scope = PluginScope::kConsumer, .id = id_, .name = name(), .service = {}, .needs = 0};
    SayPluginUses(say_, AskerOf(consumer_), target,
                  PluginsOf(consumer_.meta.annotations, consumer_.meta.ns()));
  }

 private:
  const std::string& name() const {
    return consumer_.username.empty() ? consumer_.custom_id : consumer_.username;
  }

  bool Owns(const ConsumerName::Key& key, std::string_view field, std::string_view value) {
    if (value.empty()) return true;
    const ObjectName& owner = read_.Find(g_.consumers.names, key)->consumer;
    if (owner == consumer_.key()) return true;
    ReportFailure(say_, self_,
                  Cat(field, " \"", value, "\" belongs to the older ", ConsumerRef(owner).text(),
                      "; this consumer is left out until it has another"));
    return false;
  }

  void EmitConsumer() {
    Findings findings;
    std::vector<std::string> tags = TagsOfObject(k8s::KongConsumer::kType, consumer_.meta,
                                                 ParseTags(consumer_.meta.annotations, findings));
    ReportAll(say_, self_, findings);
    std::string json;
    io::JsonWriter out(json);
    out.BeginObject();
    if (!consumer_.custom_id.empty()) out.Member("custom_id", consumer_.custom_id);
    out.Member("id", id_.text()).Member("tags", tags);
    if (!consumer_.username.empty()) out.Member("username", consumer_.username);
    out.EndObject();
    say_.Emit(Entity{EntityKind::kConsumer, id_, 0, name(), std::move(json), {self_}});
  }

  void EmitMembership(Symbol group) {
    const GroupName* owner = read_.Find(g_.consumers.group_names, group);
    if (!owner || owner->group != ObjectName{consumer_.meta.ns(), group})
      return ReportFailure(say_, self_, Cat("nonexistent consumer group: ", group));
    const EntityId group_id = ConsumerGroupId(group.text());
    std::string json;
    io::JsonWriter(json)
        .BeginObject()
        .Member("consumer", id_.text())
        .Member("consumer_group", group_id.text())
        .EndObject();
    say_.Emit(Entity{EntityKind::kConsumerGroupConsumer,
                     DeriveId("consumer_group_consumers", Cat(group_id.text(), ':', id_.text())),
                     kNeedsEnterprise,
                     Cat(name(), " in ", group),
                     std::move(json),
                     {self_}});
  }

  const GatewayGraph& g_;
  const k8s::KongConsumer& consumer_;
  const ObjectRef self_;
  Reader& read_;
  Say& say_;
  EntityId id_;
};

}  // namespace

void ClaimForConsumer(const GatewayGraph& g, const k8s::KongConsumer& consumer, Reader& read,
                      Emitter<AdmittedConsumer, ConsumerName, Problem>& say) noexcept {
  const ObjectName id = consumer.key();
  const ObjectRef self = ConsumerRef(id);
  if (!HasOurClass(g, consumer.meta, read) || IsForeign(consumer.control_plane)) return;
  if (read.Find(g.quarantine, self)) return;
  auto exclude = [&](const ObjectRef& other) {
    ReportWarning(say, self, Cat("has no effect while ", other.text(), " is in quarantine"));
  };
  const std::vector<PluginRef> plugins = PluginsOf(consumer.meta.annotations, id.ns);
  if (auto plugin = ExcludedPluginOf(g, read, AskerOf(consumer), plugins))
    return exclude(plugin->object());
  if (auto secret = ExcludedCredential(g, consumer, read)) return exclude(SecretRef(*secret));
  if (consumer.username.empty() && consumer.custom_id.empty())
    return ReportFailure(say, self, "no username or custom_id specified");
  say.Emit(AdmittedConsumer{id});
  if (!consumer.username.empty())
    say.Emit(ConsumerName{UsernameKey(consumer), id}, RankOf(consumer.meta));
  if (!consumer.custom_id.empty())
    say.Emit(ConsumerName{CustomIdKey(consumer), id}, RankOf(consumer.meta));
}

void RenderConsumer(
    const GatewayGraph& g, const AdmittedConsumer& admitted, Reader& read,
    Emitter<Entity, PluginUse, CredentialUse, WantedSecret, Problem>& say) noexcept {
  ConsumerMaker(g, *read.Find(g.consumers.consumers, admitted.id), read, say).Make();
}

}  // namespace kong
