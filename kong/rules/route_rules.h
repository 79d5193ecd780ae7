// The rules of the Gateway API's routes, each for all five kinds.
//
// A kind differs in its plan only; the rules are thin templates over it.
#pragma once

#include <optional>

#include "kong/gateway_route_plan.h"
#include "kong/rules/rules.h"

namespace kong {

// What the rules need to know of a route object of any kind.
struct RouteObject {
  const k8s::ResourceType& type;
  const k8s::ObjectMeta& meta;
  ObjectRef ref() const { return {Symbol(type.kind), meta.ns(), meta.name()}; }
};

using RouteClaims = Emitter<RouteName, ServiceUse, ExpressionMatch, Problem>;
using RouteEntities = Emitter<Entity, RouteResolution, PluginUse, Problem>;

GatewayRoutePlan PlanOf(const k8s::HttpRoute& route, const RouteSurroundings& around);
GatewayRoutePlan PlanOf(const k8s::GrpcRoute& route, const RouteSurroundings& around);
GatewayRoutePlan PlanOf(const k8s::TcpRoute& route, const RouteSurroundings& around);
GatewayRoutePlan PlanOf(const k8s::UdpRoute& route, const RouteSurroundings& around);
GatewayRoutePlan PlanOf(const k8s::TlsRoute& route, const RouteSurroundings& around);

using PlanFunction = absl::FunctionRef<GatewayRoutePlan(const RouteSurroundings&)>;

// Nothing if the route is not attached to anything of ours, or is in quarantine, or leads to a
// Service that is; `excluded` then names it.
std::optional<GatewayRoutePlan> PlanIfAdmitted(const GatewayGraph& g, const RouteObject& object,
                                               Reader& read, PlanFunction plan,
                                               std::optional<ObjectName>& excluded);

void ClaimForPlan(const GatewayGraph& g, const RouteObject& object, Reader& read, PlanFunction plan,
                  RouteClaims& say);
void RenderPlan(const GatewayGraph& g, const RouteObject& object, Reader& read, PlanFunction plan,
                RouteEntities& say);

// What a route wants to be attached to.
template <class R>
void SayRouteParents(const GatewayGraph&, const R& route, Reader&,
                     Emitter<RouteParents>& say) noexcept {
  RouteObject object{R::kType, route.meta};
  say.Emit(RouteParents{object.ref(), route.meta.generation, route.parents, route.hostnames});
}

// The names, services and places in the order of equals that a route wants.
template <class R>
void ClaimForRoute(const GatewayGraph& g, const R& route, Reader& read, RouteClaims& say) noexcept {
  auto plan = [&](const RouteSurroundings& around) { return PlanOf(route, around); };
  ClaimForPlan(g, {R::kType, route.meta}, read, plan, say);
}

// Its Kong routes and their plugins, and what is said of it in its conditions.
template <class R>
void RenderRoute(const GatewayGraph& g, const R& route, Reader& read, RouteEntities& say) noexcept {
  auto plan = [&](const RouteSurroundings& around) { return PlanOf(route, around); };
  RenderPlan(g, {R::kType, route.meta}, read, plan, say);
}

}  // namespace kong
