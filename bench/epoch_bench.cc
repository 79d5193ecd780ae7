// What an epoch costs in thread CPU time, from setting a parsed row to the published version.
//
// The argument is the number of Ingresses (of two paths), of Services, and of EndpointSlices of
// four endpoints. Changes report p50 and p99 in microseconds beside the mean.
#include <time.h>

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "bench/fleet.h"
#include "benchmark/benchmark.h"

namespace bench {
namespace {

double ThreadCpuMicros() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

struct World {
  explicit World(size_t n) : graph(engine::NewSerialExecutor(), 1), gateway(graph, {}), size(n) {
    Fill(gateway, n);
    graph.Step();
  }
  engine::Graph graph;
  kong::GatewayGraph gateway;
  size_t size;
  size_t round = 0;  // Of all runs: a change that was made before would be none.
};

// Worlds are kept: a cold start for each of them costs more than what is measured.
World& WorldOf(size_t n) {
  static auto& worlds = *new std::map<size_t, std::unique_ptr<World>>;
  auto& world = worlds[n];
  if (!world) world = std::make_unique<World>(n);
  return *world;
}

// `make` builds the row, as a parser would; from setting it on, time counts.
template <class R, class Make>
void MeasureChange(benchmark::State& state, engine::Source<R>& (*source)(World&), Make make) {
  World& world = WorldOf(static_cast<size_t>(state.range(0)));
  std::vector<double> micros;
  uint64_t evaluations = 0;
  for (auto _ : state) {
    size_t round = ++world.round;
    R row = make(world, round * 7919 % world.size, round);
    double start = ThreadCpuMicros();
    source(world).Set(std::move(row));
    evaluations += world.graph.Step().evaluations;
    double took = ThreadCpuMicros() - start;
    micros.push_back(took);
    state.SetIterationTime(took / 1e6);
  }
  std::sort(micros.begin(), micros.end());
  state.counters["p50_us"] = micros[micros.size() / 2];
  state.counters["p99_us"] = micros[micros.size() * 99 / 100];
  state.counters["evaluations"] =
      static_cast<double>(evaluations) / static_cast<double>(micros.size());
}

engine::Source<k8s::Service>& Services(World& w) { return w.gateway.services; }
engine::Source<k8s::Ingress>& Ingresses(World& w) { return w.gateway.ingresses; }
engine::Source<k8s::EndpointSlice>& Slices(World& w) { return w.gateway.endpoint_slices; }

void BM_EndpointChange(benchmark::State& state) {
  MeasureChange<k8s::EndpointSlice>(state, Slices, [](World&, size_t i, size_t round) {
    return MakeSlice(i, static_cast<uint32_t>(round));
  });
}
void BM_ServiceRetries(benchmark::State& state) {
  MeasureChange<k8s::Service>(state, Services, [](World& w, size_t i, size_t round) {
    k8s::Service service = MakeService(i);
    service.meta.annotations.Set(engine::Symbol("konghq.com/retries"),
                                 engine::Cat((round + round / w.size) % 9));
    return service;
  });
}
void BM_IngressPath(benchmark::State& state) {
  MeasureChange<k8s::Ingress>(state, Ingresses, [](World& w, size_t i, size_t round) {
    k8s::Ingress ingress = MakeIngress(i, w.size);
    ingress.rules[0].paths[0].path = engine::Cat("/path-", (round + round / w.size) % 10);
    return ingress;
  });
}
void BM_EqualIngress(benchmark::State& state) {
  MeasureChange<k8s::Ingress>(state, Ingresses,
                              [](World& w, size_t i, size_t) { return MakeIngress(i, w.size); });
}

// A cold start of the engine: all rows are set, one epoch; with the executor that programs use.
void BM_ColdEpoch(benchmark::State& state) {
  auto n = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    auto graph = std::make_unique<engine::Graph>(engine::NewExecutor(0), 1);
    auto gateway = std::make_unique<kong::GatewayGraph>(*graph, kong::Options{});
    Fill(*gateway, n);
    state.ResumeTiming();
    graph->Step();
    state.PauseTiming();
    state.counters["entities"] = static_cast<double>(gateway->entities.size());
    state.counters["MB"] = static_cast<double>(graph->bytes()) / 1e6;
    gateway.reset();
    graph.reset();
    state.ResumeTiming();
  }
}

void Sizes(benchmark::internal::Benchmark* b) { b->Arg(1000)->Arg(10'000)->Arg(50'000); }
// Before anything changes Ingresses.
BENCHMARK(BM_EqualIngress)->Apply(Sizes)->UseManualTime();
BENCHMARK(BM_EndpointChange)->Apply(Sizes)->UseManualTime();
BENCHMARK(BM_ServiceRetries)->Apply(Sizes)->UseManualTime();
BENCHMARK(BM_IngressPath)->Apply(Sizes)->UseManualTime();
BENCHMARK(BM_ColdEpoch)->Apply(Sizes)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bench
