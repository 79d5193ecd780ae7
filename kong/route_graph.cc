#include "kong/route_graph.h"

#include <string>

#include "kong/gateway_graph.h"
#include "kong/rules/route_rules.h"

namespace kong {
namespace {

// Calls `declare` with the source of each kind.
template <class Declare>
void ForEachKind(RouteGraph& routes, Declare declare) {
  declare(routes.http_routes);
  declare(routes.grpc_routes);
  declare(routes.tcp_routes);
  declare(routes.udp_routes);
  declare(routes.tls_routes);
}

}  // namespace

RouteGraph::RouteGraph(engine::Graph& graph)
    : graph_(graph),
      http_routes(graph_.AddSource<k8s::HttpRoute>("http_routes")),
      grpc_routes(graph_.AddSource<k8s::GrpcRoute>("grpc_routes")),
      tcp_routes(graph_.AddSource<k8s::TcpRoute>("tcp_routes")),
      udp_routes(graph_.AddSource<k8s::UdpRoute>("udp_routes")),
      tls_routes(graph_.AddSource<k8s::TlsRoute>("tls_routes")) {}

void DeclareRouteParents(engine::Graph& graph, GatewayGraph& g) {
  ForEachKind(g.routes, [&]<class R>(engine::Source<R>& routes) {
    graph.AddRule(routes.name() + "_parents", routes, {}, std::tie(g.attachment.route_parents),
                  [&g](const R& route, Reader& read, Emitter<RouteParents>& say) noexcept {
                    SayRouteParents(g, route, read, say);
                  });
  });
}

void DeclareRouteClaims(engine::Graph& graph, GatewayGraph& g) {
  ForEachKind(g.routes, [&]<class R>(engine::Source<R>& routes) {
    graph.AddRule(routes.name() + "_claims", routes,
                  {&g.attachment.attached_routes, &g.quarantine, &g.excluded_services,
                   &g.policies.facades, &g.policies.excluded_facades, &g.attachment.grants,
                   &g.plugins.excluded, &g.plugins.usable},
                  std::tie(g.route_names, g.service_uses, g.route_order.matches, g.problems),
                  [&g](const R& route, Reader& read, RouteClaims& say) noexcept {
                    ClaimForRoute(g, route, read, say);
                  });
  });
}

void DeclareRoutes(engine::Graph& graph, GatewayGraph& g) {
  ForEachKind(g.routes, [&]<class R>(engine::Source<R>& routes) {
    graph.AddRule(
        routes.name() + "_rendered", routes,
        {&g.attachment.attached_routes, &g.quarantine, &g.excluded_services, &g.policies.facades,
         &g.policies.excluded_facades, &g.attachment.grants, &g.plugins.excluded, &g.plugins.usable,
         &g.route_names, &g.service_troubles, &g.route_order.orders},
        std::tie(g.entities, g.plugins.uses, g.attachment.route_resolutions, g.problems),
        [&g](const R& route, Reader& read, RouteEntities& say) noexcept {
          RenderRoute(g, route, read, say);
        });
  });
}

}  // namespace kong
