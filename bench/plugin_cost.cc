// What a plugin costs that is on N routes, exactly: one route changes, the plugin changes.
//
//   plugin_cost N [CHANGE]        prints and is measured as change_cost
//
// One plugin is on all routes of N Ingresses; another is on 20 of their services and used by N / 50
// consumers, so it applies in 20 · N / 50 places. The plugin's own change must render the N and
// look at nothing else, which is no number that two sizes share: the program itself holds it.
#include <cstdlib>
#include <string_view>

#include "bench/fleet.h"
#include "bench/measured.h"
#include "engine/assert.h"
#include "engine/text.h"

namespace {

using engine::Symbol;

constexpr size_t kServicesWithQuota = 20;

k8s::ObjectMeta MetaOf(std::string_view prefix, size_t i) {
  k8s::ObjectMeta meta;
  meta.id = {Symbol("shop"), bench::NameOf(prefix, i).name};
  meta.created_s = 1'700'000'000 + static_cast<int64_t>(i);
  return meta;
}

k8s::Ingress IngressWithPlugin(size_t i, std::string_view path) {
  k8s::Ingress ingress = bench::MakeIngress(i, i + 1);
  ingress.meta.id = MetaOf("ingress", i).id;
  ingress.meta.annotations.Set(Symbol("konghq.com/plugins"), "limit");
  ingress.rules[0].paths.resize(1);
  ingress.rules[0].paths[0].path = path;
  return ingress;
}

k8s::Service ServiceOf(size_t i) {
  k8s::Service service = bench::MakeService(i);
  service.meta.id = MetaOf("service", i).id;
  if (i < kServicesWithQuota) service.meta.annotations.Set(Symbol("konghq.com/plugins"), "quota");
  return service;
}

k8s::KongPlugin PluginNamed(std::string_view name, std::string_view type, size_t minute) {
  k8s::KongPlugin plugin;
  plugin.meta.id = {Symbol("shop"), Symbol(name)};
  plugin.meta.uid = "11111111-1111-4111-8111-111111111111";
  plugin.spec.plugin = type;
  plugin.spec.config = engine::Cat(R"({"minute":)", 10 + minute % 90, "}");
  return plugin;
}

k8s::KongConsumer ConsumerOf(size_t i) {
  k8s::KongConsumer consumer;
  consumer.meta = MetaOf("consumer", i);
  consumer.meta.annotations.Set(Symbol("kubernetes.io/ingress.class"), "kong");
  consumer.meta.annotations.Set(Symbol("konghq.com/plugins"), "quota");
  consumer.username = std::string(consumer.meta.name().text());
  return consumer;
}

void Fill(kong::GatewayGraph& g, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    g.ingresses.Set(IngressWithPlugin(i, "/even"));
    g.services.Set(ServiceOf(i));
  }
  for (size_t i = 0; i < n / 50; ++i) g.consumers.consumers.Set(ConsumerOf(i));
  g.plugins.plugins.Set(PluginNamed("limit", "rate-limiting", 0));
  g.plugins.plugins.Set(PluginNamed("quota", "response-ratelimiting", 0));
}

struct Change {
  const char* name;
  void (*set)(kong::GatewayGraph& g, size_t n, size_t round);
};

constexpr Change kChanges[] = {
    {"plugin-route-path",
     [](kong::GatewayGraph& g, size_t n, size_t round) {
       g.ingresses.Set(IngressWithPlugin(n / 2, round % 2 ? "/odds" : "/even"));
     }},
    {"plugin-route-goes-or-comes",
     [](kong::GatewayGraph& g, size_t n, size_t round) {
       if (round % 2)
         g.ingresses.Set(IngressWithPlugin(n / 2, "/even"));
       else
         g.ingresses.Erase(MetaOf("ingress", n / 2).id);
     }},
    {"plugin-generation",
     [](kong::GatewayGraph& g, size_t, size_t round) {
       k8s::KongPlugin plugin = PluginNamed("limit", "rate-limiting", 0);
       plugin.meta.generation = static_cast<int64_t>(round);
       g.plugins.plugins.Set(plugin);
     }},
    {"plugin-consumer-comes-or-goes",
     [](kong::GatewayGraph& g, size_t, size_t round) {
       k8s::KongConsumer consumer = ConsumerOf(999'999);
       if (round % 2)
         g.consumers.consumers.Erase(consumer.key());
       else
         g.consumers.consumers.Set(consumer);
     }},
};

size_t EntitiesChanged(const kong::GatewayGraph& g, engine::Version since) {
  size_t entities = 0;
  bool known = g.entities.ChangedSince(since, [&](const auto&, const auto*) { ++entities; });
  CHECK(known, "the feed does not reach back one epoch");
  return entities;
}

// The plugin of all routes changes: one evaluation for it and one for each place.
void CheckConfigChange(engine::Graph& graph, kong::GatewayGraph& g, size_t n) {
  g.plugins.plugins.Set(PluginNamed("limit", "rate-limiting", 1));
  engine::EpochStats stats = graph.Step();
  CHECK(stats.evaluations == n + 1, engine::Cat(stats.evaluations, " evaluations for ", n));
  CHECK(EntitiesChanged(g, stats.version - 1) == n, "each place of the plugin, and nothing else");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const size_t n = std::strtoul(argv[1], nullptr, 10);
  const std::string_view only = argc > 2 ? argv[2] : "";
  engine::Graph graph(engine::NewSerialExecutor(), 1);
  kong::GatewayGraph gateway(graph, {});
  Fill(gateway, n);
  graph.Step();
  for (const Change& change : kChanges) {
    if (!only.empty() && only != change.name) continue;
    bench::Cost cost = bench::Measure(graph, [&](size_t round) { change.set(gateway, n, round); });
    bench::Print(change.name, cost, EntitiesChanged(gateway, cost.stats.version - 1));
  }
  if (only.empty()) CheckConfigChange(graph, gateway, n);
}
