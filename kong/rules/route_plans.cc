// Which plan a kind of route has, and whether there is to be one at all.
#include <algorithm>

#include "engine/text.h"
#include "kong/cross_namespace.h"
#include "kong/grpc_route_plan.h"
#include "kong/http_route_plan.h"
#include "kong/rules/route_rules.h"
#include "kong/stream_route_plan.h"

namespace kong {

using engine::Cat;

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

std::vector<PluginRef> PluginsOfRoute(const RouteObject& object, const PlannedRoute& route) {
  std::vector<PluginRef> plugins = PluginsOf(object.meta.annotations, object.meta.ns());
  for (Symbol extension : route.extensions) {
    PluginRef plugin{object.meta.ns(), extension};
    if (std::find(plugins.begin(), plugins.end(), plugin) == plugins.end())
      plugins.push_back(plugin);
  }
  return plugins;
}

std::optional<GatewayRoutePlan> PlanIfAdmitted(const GatewayGraph& g, const RouteObject& object,
                                               Reader& read, PlanFunction plan,
                                               std::optional<std::string>& excluded) {
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
      excluded = Cat("Service ", backend.service_name(), ", to which it leads");
      return std::nullopt;
    }
  }
  for (const PlannedRoute& route : made.routes) {
    auto plugin =
        ExcludedPluginOf(g, read, {object.ref(), object.type.group}, PluginsOfRoute(object, route));
    if (!plugin) continue;
    excluded = Cat(plugin->object().text(), ", which it uses");
    return std::nullopt;
  }
  return made;
}

}  // namespace kong
