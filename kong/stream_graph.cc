#include "kong/stream_graph.h"

#include "kong/gateway_graph.h"
#include "kong/rules/stream_rules.h"

namespace kong {
namespace {

auto RuleOn(GatewayGraph& g, auto function) {
  return [&g, function](auto&... arguments) noexcept { function(g, arguments...); };
}

}  // namespace

StreamGraph::StreamGraph(engine::Graph& graph)
    : graph_(graph),
      tcp_ingresses(graph_.AddSource<k8s::TcpIngress>("tcp_ingresses")),
      udp_ingresses(graph_.AddSource<k8s::UdpIngress>("udp_ingresses")),
      admitted_tcp(graph_.AddTable<AdmittedTcp>("admitted_tcp")),
      admitted_udp(graph_.AddTable<AdmittedUdp>("admitted_udp")),
      tcp_uses(graph_.AddTable<TcpUse>("tcp_uses")),
      tcp_uses_of_service(graph_.AddIndex<ObjectName>(
          "tcp_uses_of_service", tcp_uses, [](const TcpUse& use, auto visit) {
            for (const ServiceBackend& backend : use.use.backends) visit(backend.service_name());
          })) {}

void StreamGraph::DeclareClaims(GatewayGraph& g) {
  graph_.AddRule("tcp_ingress_claims", tcp_ingresses,
                 {&g.default_class, &g.quarantine, &g.excluded_services, &g.plugins.excluded,
                  &g.plugins.usable, &g.attachment.grants},
                 std::tie(admitted_tcp, tcp_uses, g.route_names, g.sni_uses, g.used_certificates,
                          g.wanted_secrets, g.problems),
                 RuleOn(g, ClaimForTcpIngress));
  graph_.AddRule("udp_ingress_claims", udp_ingresses,
                 {&g.default_class, &g.quarantine, &g.excluded_services, &g.plugins.excluded,
                  &g.plugins.usable, &g.attachment.grants},
                 std::tie(admitted_udp, g.service_uses, g.route_names, g.problems),
                 RuleOn(g, ClaimForUdpIngress));
}

void StreamGraph::DeclareEntities(GatewayGraph& g) {
  graph_.AddRule("tcp_routes", admitted_tcp,
                 {&tcp_ingresses, &g.route_names, &g.service_uses, &g.sni_uses, &g.secret_states,
                  &g.secret_metadata},
                 std::tie(g.entities, g.plugins.uses, g.problems), RuleOn(g, RenderTcpRoutes));
  std::vector<engine::IndexBase*> reads = g.WhatServicesRead();
  reads.push_back(&g.service_uses);
  graph_.AddRule("tcp_services", tcp_uses, std::move(reads),
                 std::tie(g.entities, g.upstream_ports, g.target_shares, g.service_troubles,
                          g.plugins.uses, g.problems),
                 RuleOn(g, RenderTcpService));
  graph_.AddRule("udp_routes", admitted_udp, {&udp_ingresses, &g.route_names},
                 std::tie(g.entities, g.plugins.uses, g.problems), RuleOn(g, RenderUdpRoutes));
}

}  // namespace kong
