// Which plan a kind of route has, and whether there is to be one at all.
#include <algorithm>

#include "engine/text.h"
#include "kong/cross_namespace.h"
#include "kong/grpc_route_plan.h"
#include "kong/http_route_plan.h"
#include "kong/rules/reports.h"
#include "kong/rules/route_rules.h"
#include "kong/stream_route_plan.h"

namespace kong {

using engine::Cat;

namespace {

// What is in quarantine of what a backend leads to, if anything is.
std::optional<ObjectRef> ExcludedOf(const GatewayGraph& g, const ServiceBackend& backend,
                                    Reader& read) {
  const ObjectName facade{backend.ns, backend.facade};
  if (backend.facade && read.Find(g.policies.excluded_facades, facade)) return FacadeRef(facade);
  if (!read.Find(g.excluded_services, backend.service_name())) return std::nullopt;
  return ServiceRef(backend.service_name());
}

}  // namespace

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
  auto may_refer = [&](const Referent& to) {
    return MayRefer(g, read, {object.type.group, object.type.kind, object.meta.ns()}, to);
  };
  auto find_facade = [&](const ObjectName& id) { return read.Find(g.policies.facades, id); };
  GatewayRoutePlan made = plan({g.options, *attached, may_refer, find_facade});
  for (const PlannedService& service : made.services) {
    for (const ServiceBackend& backend : service.backends) {
      const std::optional<ObjectRef> found = ExcludedOf(g, backend, read);
      if (!found) continue;
      excluded = Cat(found->text(), ", to which it leads");
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
