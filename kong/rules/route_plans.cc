// Which plan a kind of route has, and whether there is to be one at all.
#include "kong/cross_namespace.h"
#include "kong/grpc_route_plan.h"
#include "kong/http_route_plan.h"
#include "kong/rules/route_rules.h"
#include "kong/stream_route_plan.h"

namespace kong {

GatewayRoutePlan PlanOf(const k8s::HttpRoute& route, const RouteSurroundings& around) {
  return PlanHttpRoute(route, around);
}
GatewayRoutePlan PlanOf(const k8s::GrpcRoute& route, const RouteSurroundings& around) {
  return PlanGrpcRoute(route, around);
}
GatewayRoutePlan PlanOf(const k8s::TcpRoute& route, const RouteSurroundings& around) {
  return PlanStreamRoute(k8s::TcpRoute::kType.kind, route, around);
}
GatewayRoutePlan PlanOf(const k8s::UdpRoute& route, const RouteSurroundings& around) {
  return PlanStreamRoute(k8s::UdpRoute::kType.kind, route, around);
}
GatewayRoutePlan PlanOf(const k8s::TlsRoute& route, const RouteSurroundings& around) {
  return PlanStreamRoute(k8s::TlsRoute::kType.kind, route, around);
}

std::optional<GatewayRoutePlan> PlanIfAdmitted(const GatewayGraph& g, const RouteObject& object,
                                               Reader& read, PlanFunction plan,
                                               std::optional<ObjectName>& excluded) {
  const AttachedRoute* attached = read.Find(g.attachment.attached_routes, object.ref());
  if (!attached || read.Find(g.quarantine, object.ref())) return std::nullopt;
  auto may_refer = [&](const ObjectName& service) {
    return MayRefer(g, read, {object.type.group, object.type.kind, object.meta.ns()},
                    {"", "Service", service});
  };
  GatewayRoutePlan made = plan({g.options, *attached, may_refer});
  for (const PlannedService& service : made.services) {
    for (const ServiceBackend& backend : service.backends) {
      if (!read.Find(g.excluded_services, backend.service_name())) continue;
      excluded = backend.service_name();
      return std::nullopt;
    }
  }
  return made;
}

}  // namespace kong
