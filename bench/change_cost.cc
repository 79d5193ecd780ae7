// What one change costs at N objects, exactly: evaluations, entities, allocations, and
// instructions.
//
//   change_cost N                 one line a change: NAME evaluations E entities X allocations A
//   valgrind --tool=callgrind --instr-atstart=no change_cost N CHANGE     instructions of that
//   change alone
//
// tests/counts_test.py runs it at two sizes and holds the results to their limits.
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "bench/fleet.h"
#include "bench/gateway_change.h"

namespace {

using bench::GatewayChange;
using bench::MakeIngress;
using bench::MakeService;
using bench::MakeSlice;

k8s::Service Annotated(size_t i, std::string_view key, std::string_view value) {
  k8s::Service service = MakeService(i);
  service.meta.annotations.Set(engine::Symbol(key), std::string(value));
  return service;
}

const std::vector<GatewayChange>& Changes() {
  static const auto& changes = *new std::vector<GatewayChange>{
      {"endpoint",
       [](auto& g, size_t n, size_t round) {
         g.endpoint_slices.Set(MakeSlice(n / 2, static_cast<uint32_t>(round + 1)));
       }},
      {"equal-ingress", [](auto& g, size_t n, size_t) { g.ingresses.Set(MakeIngress(n / 2, n)); }},
      {"service-retries",
       [](auto& g, size_t n, size_t round) {
         g.services.Set(Annotated(n / 2, "konghq.com/retries", round % 2 ? "3" : "4"));
       }},
      {"ingress-path",
       [](auto& g, size_t n, size_t round) {
         k8s::Ingress ingress = MakeIngress(n / 2, n);
         ingress.rules[0].paths[0].path = round % 2 ? "/odds" : "/even";
         g.ingresses.Set(ingress);
       }},
      {"ingress-added-or-removed",
       [](auto& g, size_t n, size_t round) {
         k8s::Ingress ingress = MakeIngress(n / 2, n);
         ingress.meta.id.name = engine::Symbol("ingress-999999");
         if (round % 2)
           g.ingresses.Erase(ingress.meta.id);
         else
           g.ingresses.Set(ingress);
       }},
      {"service-removed-or-added",
       [](auto& g, size_t n, size_t round) {
         if (round % 2)
           g.services.Set(MakeService(n / 2));
         else
           g.services.Erase(MakeService(n / 2).meta.id);
       }},
  };
  return changes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: change_cost N [CHANGE]\n");
    return 2;
  }
  size_t n = std::strtoul(argv[1], nullptr, 10);
  std::string_view only = argc > 2 ? argv[2] : "";
  engine::Graph graph(engine::NewSerialExecutor(), 1);
  kong::GatewayGraph gateway(graph, {});
  bench::Fill(gateway, n);
  graph.Step();
  for (const GatewayChange& change : Changes()) {
    if (only.empty() || only == change.name) bench::MeasureChange(graph, gateway, change, n);
  }
}
