// What one change of each kind costs in a cluster that uses everything, exactly; as change_cost.cc,
// for the kinds that are not Ingress, Service or EndpointSlice.
//
//   kind_cost N [CHANGE]     a mixed cluster (mixed_json.h) of N Services
//
// "shared-plugin-…": besides, all its Ingresses ask for one KongClusterPlugin.
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/fleet.h"
#include "bench/gateway_change.h"
#include "bench/mixed_json.h"
#include "bench/rows.h"
#include "engine/assert.h"
#include "engine/text.h"
#include "k8s/parse.h"

namespace {

using bench::GatewayChange;
using bench::MixedPages;
using kong::GatewayGraph;

template <class R>
void SetAll(const std::vector<std::string>& pages, engine::Source<R>& source,
            const std::function<void(R&)>& change = {}) {
  for (R& row : bench::ParseRows<R>(pages)) {
    if (change) change(row);
    source.Set(std::move(row));
  }
}

k8s::KongClusterPlugin SharedPlugin(size_t round) {
  k8s::KongClusterPlugin plugin;
  plugin.meta.id.name = engine::Symbol("shared");
  plugin.meta.annotations.Set(engine::Symbol("kubernetes.io/ingress.class"), "kong");
  plugin.spec.plugin = "request-size-limiting";
  plugin.spec.config = engine::Cat(R"({"allowed_payload_size":)", 10 + round % 2, "}");
  return plugin;
}

void Fill(GatewayGraph& g, size_t n, bool shared) {
  const MixedPages pages = bench::MakeMixedPages(n / 50);
  SetAll(pages.fleet.ingress_classes, g.ingress_classes);
  SetAll(pages.classes, g.attachment.gateway_classes);
  SetAll(pages.gateways, g.attachment.gateways);
  SetAll<k8s::Ingress>(pages.ingresses, g.ingresses, [&](k8s::Ingress& ingress) {
    if (shared) ingress.meta.annotations.Set(engine::Symbol("konghq.com/plugins"), "shared");
  });
  SetAll(pages.routes, g.routes.http_routes);
  SetAll(pages.plugins, g.plugins.plugins);
  SetAll(pages.consumers, g.consumers.consumers);
  SetAll(pages.metadata, g.secret_metadata);
  SetAll(pages.secrets, g.secrets);
  SetAll(pages.fleet.services, g.services);
  SetAll(pages.fleet.endpoint_slices, g.endpoint_slices);
  if (shared) g.plugins.cluster_plugins.Set(SharedPlugin(0));
}

template <class R>
R ObjectOf(const std::function<void(io::JsonWriter&)>& write) {
  std::string json;
  io::JsonWriter out(json);
  out.BeginObject();
  write(out);
  out.EndObject();
  auto parsed = k8s::ParseObject<R>(json, GatewayGraph::WhatToParse());
  CHECK(parsed.ok(), engine::MessageOf(parsed.status()));
  return std::move(parsed->row);
}

k8s::HttpRoute Route(size_t i, size_t round) {
  return ObjectOf<k8s::HttpRoute>([=](io::JsonWriter& out) { bench::WriteRoute(out, i, round); });
}
k8s::KongPlugin Plugin(size_t i, size_t round) {
  return ObjectOf<k8s::KongPlugin>([=](auto& out) { bench::WritePlugin(out, i, round); });
}
k8s::KongConsumer Consumer(size_t i, size_t round) {
  return ObjectOf<k8s::KongConsumer>([=](auto& out) { bench::WriteConsumer(out, i, round); });
}
k8s::Secret Credential(size_t i, size_t round) {
  return ObjectOf<k8s::Secret>([=](auto& out) { bench::WriteCredential(out, i, round); });
}
k8s::Gateway Gateway(size_t i, size_t round) {
  return ObjectOf<k8s::Gateway>([=](auto& out) { bench::WriteGateway(out, i, round); });
}

const std::vector<GatewayChange>& Changes() {
  static const auto& changes = *new std::vector<GatewayChange>{
      {"http-route-path",
       [](auto& g, size_t n, size_t round) { g.routes.http_routes.Set(Route(n / 5, round)); }},
      {"gateway-listener-port",
       [](auto& g, size_t n, size_t round) { g.attachment.gateways.Set(Gateway(n / 200, round)); }},
      {"plugin-config",
       [](auto& g, size_t n, size_t round) { g.plugins.plugins.Set(Plugin(n / 20, round)); }},
      {"consumer-custom-id",
       [](auto& g, size_t n, size_t round) { g.consumers.consumers.Set(Consumer(n / 10, round)); }},
      {"credential-key",
       [](auto& g, size_t n, size_t round) { g.secrets.Set(Credential(n / 10, round)); }},
      {"http-route-removed-or-added",
       [](auto& g, size_t n, size_t round) {
         if (round % 2)
           g.routes.http_routes.Set(Route(n / 5, 0));
         else
           g.routes.http_routes.Erase(Route(n / 5, 0).key());
       }},
      {"consumer-removed-or-added",
       [](auto& g, size_t n, size_t round) {
         if (round % 2)
           g.consumers.consumers.Set(Consumer(n / 10, 0));
         else
           g.consumers.consumers.Erase(Consumer(n / 10, 0).key());
       }},
  };
  return changes;
}

const std::vector<GatewayChange>& SharedChanges() {
  static const auto& changes = *new std::vector<GatewayChange>{
      {"shared-plugin-route-path",
       [](auto& g, size_t n, size_t round) {
         k8s::Ingress ingress =
             ObjectOf<k8s::Ingress>([=](auto& out) { bench::WriteMixedIngress(out, n / 5); });
         ingress.meta.annotations.Set(engine::Symbol("konghq.com/plugins"), "shared");
         ingress.rules[0].paths[0].path = round % 2 ? "/odds" : "/even";
         g.ingresses.Set(std::move(ingress));
       }},
      {"shared-plugin-config",
       [](auto& g, size_t, size_t round) { g.plugins.cluster_plugins.Set(SharedPlugin(round)); }},
  };
  return changes;
}

void MeasureAll(size_t n, bool shared, const std::vector<GatewayChange>& changes,
                std::string_view only) {
  engine::Graph graph(engine::NewSerialExecutor(), 1);
  GatewayGraph gateway(graph, {});
  Fill(gateway, n, shared);
  graph.Step();
  gateway.problems.ForEach([](const kong::Problem& problem) {
    CHECK(false, engine::Cat(problem.object.text(), ": ", problem.text));
  });
  for (const GatewayChange& change : changes) {
    if (!only.empty() && only != change.name) continue;
    bench::MeasureChange(graph, gateway, change, n);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: kind_cost N [CHANGE]\n");
    return 2;
  }
  const size_t n = std::strtoul(argv[1], nullptr, 10);
  const std::string_view only = argc > 2 ? argv[2] : "";
  if (!only.starts_with("shared-")) MeasureAll(n, false, Changes(), only);
  if (only.empty() || only.starts_with("shared-")) MeasureAll(n, true, SharedChanges(), only);
}
