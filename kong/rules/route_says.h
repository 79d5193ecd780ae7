// What every rule that makes a Kong route says, whatever the object: the name under which the route
// may exist, its entity, and that its plugins are used there.
//
// Names are claimed first, by rules that are cheap (RouteName); who renders asks who won.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "kong/gateway_graph.h"
#include "kong/ingress_plan.h"
#include "kong/plugin_attachments.h"
#include "kong/rules/reports.h"

namespace kong {

struct GrantedName {
  std::string text;
  EntityId id;
};

// The younger of two routes of one name gets another, and both objects are told. `nth` is that of
// the claim.
template <class Say>
GrantedName GrantedRouteName(const GatewayGraph& g, std::string name, const ObjectRef& self,
                             uint32_t nth, engine::Reader& read, Say& say) {
  const EntityId id = RouteId(name);
  const RouteName& owner = *read.Find(g.route_names, id);
  if (owner.owner == self && owner.nth == nth) return {std::move(name), id};
  std::string other = NameAfterCollision(name, self);
  ReportWarning(say, self,
                engine::Cat("route name ", name, " belongs to the older ", owner.owner.text(),
                            "; this route is called ", other));
  ReportWarning(say, owner.owner,
                engine::Cat("route name ", name, " is also that of the younger ", self.text(),
                            ", whose route is called ", other));
  const EntityId other_id = RouteId(other);
  return {std::move(other), other_id};
}

template <class Say>
void SayRoute(const GatewayGraph& g, Say& say, const PluginAsker& asker, GrantedName name,
              const EntityId& service, std::string json, std::span<const PluginRef> plugins) {
  const Needs flavour = g.options.expressions ? kNeedsExpressions : kNeedsTraditional;
  SayPluginUses(say, asker,
                {.scope = PluginScope::kRoute,
                 .id = name.id,
                 .name = name.text,
                 .service = service,
                 .needs = flavour},
                plugins);
  say.Emit(Entity{
      EntityKind::kRoute, name.id, flavour, std::move(name.text), std::move(json), {asker.object}});
}

}  // namespace kong
