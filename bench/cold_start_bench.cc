// A cold start as the controller has it: from the bytes of the lists to the payload, in wall time.
//
// The argument is the number of Ingresses (of two paths), of Services, and of EndpointSlices of
// four endpoints. Lists come in pages of 500, with the managedFields that real objects carry. One
// thread parses, as the loop's does; the engine's takes rows in meanwhile, runs the first epoch on
// all cores, and makes the payload.
#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/fleet_json.h"
#include "bench/rows.h"
#include "benchmark/benchmark.h"
#include "kong/engine_thread.h"
#include "kong/payload_builder.h"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

double Millis(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

const FleetPages& PagesOf(size_t n) {
  static auto& all = *new std::map<size_t, FleetPages>;
  auto [at, fresh] = all.try_emplace(n);
  if (fresh) at->second = MakePages(n);
  return at->second;
}

void BM_ColdStart(benchmark::State& state) {
  const FleetPages& pages = PagesOf(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    auto graph = std::make_unique<engine::Graph>(engine::NewExecutor(0), 1);
    auto gateway = std::make_unique<kong::GatewayGraph>(*graph, kong::Options{});
    auto contents = std::make_unique<kong::ClassContents>(
        *graph, kong::PayloadTables{{&gateway->entities}, &gateway->refused},
        kong::OffersOf(3, 9, false, false));
    auto builder = std::make_unique<kong::PayloadBuilder>(*contents);
    std::promise<void> stepped, built;
    Clock::time_point published, made;
    {
      kong::EngineThread thread(*graph, {.draining = {}, .stepped = [&](const auto&, auto) {
                                           published = Clock::now();
                                           stepped.set_value();
                                         }});
      const Clock::time_point began = Clock::now();
      TakeList(pages.ingress_classes, gateway->ingress_classes, thread.inbox());
      TakeList(pages.ingresses, gateway->ingresses, thread.inbox());
      TakeList(pages.services, gateway->services, thread.inbox());
      TakeList(pages.endpoint_slices, gateway->endpoint_slices, thread.inbox());
      const Clock::time_point parsed = Clock::now();
      thread.Open();
      stepped.get_future().wait();
      thread.Ask([&] {
        state.counters["MB"] = static_cast<double>(builder->Build()->body->size()) / 1e6;
        made = Clock::now();
        built.set_value();
      });
      built.get_future().wait();
      state.SetIterationTime(Millis(began, made) / 1e3);
      state.counters["parse_ms"] = Millis(began, parsed);
      state.counters["epoch_ms"] = Millis(parsed, published);
      state.counters["payload_ms"] = Millis(published, made);
      state.counters["entities"] = static_cast<double>(gateway->entities.size());
    }
  }
}

BENCHMARK(BM_ColdStart)
    ->Arg(1000)
    ->Arg(10'000)
    ->Arg(50'000)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bench
