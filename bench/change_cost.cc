// What one change costs at N objects, exactly: evaluations, entities, allocations, and instructions.
//
//   change_cost N                 one line a change: NAME evaluations E entities X allocations A
//   valgrind --tool=callgrind --instr-atstart=no change_cost N CHANGE     instructions of that change alone
//
// Each change is made several times first, so that buffers have grown and names are known; then once for
// the record. tests/counts_test.py runs it at two sizes and holds the results to their limits.
#include <valgrind/callgrind.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <new>
#include <string_view>
#include <vector>

#include "bench/fleet.h"
#include "engine/assert.h"

namespace {
std::atomic<uint64_t> allocations = 0;
}  // namespace

void* operator new(size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::malloc(bytes);
  if (!memory) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void* operator new[](size_t bytes) { return operator new(bytes); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }

namespace {

using bench::MakeIngress;
using bench::MakeService;
using bench::MakeSlice;

struct Change {
  const char* name;
  std::function<void(kong::GatewayGraph&, size_t n, size_t round)> set;
};

k8s::Service Annotated(size_t i, std::string_view key, std::string_view value) {
  k8s::Service service = MakeService(i);
  service.meta.annotations.Set(engine::Symbol(key), std::string(value));
  return service;
}

const std::vector<Change>& Changes() {
  static const auto& changes = *new std::vector<Change>{
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
         if (round % 2) g.ingresses.Erase(ingress.meta.id); else g.ingresses.Set(ingress);
       }},
      {"service-removed-or-added",
       [](auto& g, size_t n, size_t round) {
         if (round % 2) g.services.Set(MakeService(n / 2)); else g.services.Erase(MakeService(n / 2).meta.id);
       }},
  };
  return changes;
}

void Measure(engine::Graph& graph, kong::GatewayGraph& gateway, const Change& change, size_t n) {
  size_t round = 0;
  for (; round < 8; ++round) change.set(gateway, n, round), graph.Step();
  uint64_t before = allocations;
  CALLGRIND_START_INSTRUMENTATION;
  CALLGRIND_TOGGLE_COLLECT;
  change.set(gateway, n, round);
  engine::EpochStats stats = graph.Step();
  CALLGRIND_TOGGLE_COLLECT;
  CALLGRIND_STOP_INSTRUMENTATION;
  uint64_t made = allocations - before;
  size_t entities = 0;
  bool known = gateway.entities.ChangedSince(stats.version - 1, [&](const auto&, const auto*) { ++entities; });
  CHECK(known, "the feed does not reach back one epoch");
  std::printf("%s evaluations %llu entities %zu allocations %llu\n", change.name,
              static_cast<unsigned long long>(stats.evaluations), entities, static_cast<unsigned long long>(made));
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
  for (const Change& change : Changes()) {
    if (only.empty() || only == change.name) Measure(graph, gateway, change, n);
  }
}
