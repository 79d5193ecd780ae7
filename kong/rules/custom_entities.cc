// Entities of any type. Most stand for themselves; those of types that Kong ties to a service are
// made once for each service to which their parent, a plugin, is attached.
#include <algorithm>
#include <array>

#include "engine/text.h"
#include "kong/plugin_attachments.h"
#include "kong/rules/consumer_rules.h"
#include "kong/rules/reports.h"
#include "nlohmann/json.hpp"

namespace kong {
namespace {

using engine::Cat;
using nlohmann::json;

ObjectRef CustomEntityRef(const ObjectName& id) {
  static const Symbol kKind(k8s::KongCustomEntity::kType.kind);
  return {kKind, id.ns, id.name};
}

bool BelongsToService(std::string_view type) {
  return std::any_of(std::begin(kServiceEntityTypes), std::end(kServiceEntityTypes),
                     [&](const CustomEntityType& each) { return each.type == type; });
}

// Has a kind of its own, so that others' rules hold for it.
bool HasKind(std::string_view type) {
  for (size_t kind = 0; kind < kEntityKinds; ++kind) {
    if (ArrayName(static_cast<EntityKind>(kind)) == type) return true;
  }
  return false;
}

// Empty if it names one; a name of members that documents have of their own is none.
bool IsTypeName(std::string_view type) {
  return !type.empty() && type.front() != '_' && std::all_of(type.begin(), type.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

PluginRef ParentOf(const k8s::KongCustomEntity& entity) {
  const auto& parent = entity.parent;
  if (parent.kind.text() == k8s::KongClusterPlugin::kType.kind) return {{}, parent.name};
  return {parent.ns ? parent.ns : entity.meta.ns(), parent.name};
}

std::string WhyUnsupported(const k8s::KongCustomEntity& entity) {
  if (HasKind(entity.type) || !IsTypeName(entity.type))
    return Cat("cannot use known entity type ", entity.type);
  const auto& parent = entity.parent;
  const bool plugin = parent.group.text() == k8s::KongPlugin::kType.group &&
                      (parent.kind.text() == k8s::KongPlugin::kType.kind ||
                       parent.kind.text() == k8s::KongClusterPlugin::kType.kind);
  if (parent.name && !plugin)
    return "spec.parentRef must be a KongPlugin or KongClusterPlugin of configuration.konghq.com";
  json fields = json::parse(entity.fields_json, nullptr, false);
  return fields.is_object() ? "" : "spec.fields must be an object";
}

Entity Render(const k8s::KongCustomEntity& entity, const EntityId& service) {
  json fields = json::parse(entity.fields_json, nullptr, false);
  std::string key = entity.key().Text();
  if (!service.empty()) {
    fields["service"] = service.text();
    key += Cat(':', service.text());
  }
  const EntityId id = CustomEntityId(entity.type, key);
  if (!fields.contains("id")) fields["id"] = id.text();
  // The open-source edition brings along none of these types.
  const Needs needs = BelongsToService(entity.type) ? kNeedsEnterprise : 0;
  return {EntityKind::kCustomEntity,
          id,
          needs,
          entity.type,
          fields.dump(-1, ' ', false, json::error_handler_t::replace),
          {CustomEntityRef(entity.key())}};
}

}  // namespace

void ReadCustomEntity(const GatewayGraph& g, const k8s::KongCustomEntity& entity, Reader& read,
                      Emitter<Entity, CustomEntityUse, Problem>& say) noexcept {
  const ObjectRef self = CustomEntityRef(entity.key());
  if (entity.controller.text() != g.options.ingress_class || read.Find(g.quarantine, self)) return;
  if (std::string why = WhyUnsupported(entity); !why.empty()) return ReportFailure(say, self, why);
  if (!entity.parent.name) return say.Emit(Render(entity, {}));
  const PluginRef parent = ParentOf(entity);
  const PluginAsker asker{self, k8s::KongCustomEntity::kType.group};
  if (parent.ns && !MayUsePlugin(g, read, asker, parent)) {
    return ReportFailure(say, self,
                         Cat("no grant found to referenced plugin \"", parent.ns, ':', parent.name,
                             "\" in spec.parentRef"));
  }
  if (read.Find(g.plugins.excluded, parent)) {
    return ReportWarning(say, self,
                         Cat("has no effect while ", parent.object().text(), " is in quarantine"));
  }
  if (!read.Find(g.plugins.usable, parent)) {
    return ReportFailure(say, self,
                         Cat("spec.parentRef: ", parent.object().text(), " does not exist"));
  }
  if (BelongsToService(entity.type)) return say.Emit(CustomEntityUse{entity.key(), parent});
  say.Emit(Render(entity, {}));
}

void RenderCustomEntity(const GatewayGraph& g, const CustomEntityUse& use,
                        const PluginBinding& binding, Reader& read, Emitter<Entity>& say) noexcept {
  const EntityId& service =
      binding.target.scope == PluginScope::kService ? binding.target.id : binding.target.service;
  if (!service.empty()) say.Emit(Render(*read.Find(g.consumers.custom_entities, use.id), service));
}

void RenderLoneCustomEntity(const GatewayGraph& g, const CustomEntityUse& use, Reader& read,
                            Emitter<Entity>& say) noexcept {
  if (read.Find(g.consumers.has_services, use.plugin)) return;
  say.Emit(Render(*read.Find(g.consumers.custom_entities, use.id), {}));
}

}  // namespace kong
