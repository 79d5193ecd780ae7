// A mixed cluster from nothing: from the bytes of its lists to the payload, in wall time.
//
// The argument is the number of thousandths of the whole (mixed_json.h). One thread parses, as the
// loop's does; the engine's takes rows in meanwhile, runs the first epoch on all cores, and makes
// the payload. `translated_MB` is what the process holds after the epoch, `rss_MB` with the
// payload, both without the text of the lists.
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "bench/mixed_json.h"
#include "bench/rows.h"
#include "benchmark/benchmark.h"
#include "engine/assert.h"
#include "kong/engine_thread.h"
#include "kong/payload_builder.h"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

const MixedPages& MixedOf(size_t thousandths) {
  static std::unique_ptr<MixedPages> one;
  one = std::make_unique<MixedPages>(MakeMixedPages(thousandths));
  return *one;
}

void TakeAll(const MixedPages& mixed, kong::GatewayGraph& g, engine::Inbox& inbox) {
  TakeList(mixed.fleet.ingress_classes, g.ingress_classes, inbox);
  TakeList(mixed.classes, g.attachment.gateway_classes, inbox);
  TakeList(mixed.gateways, g.attachment.gateways, inbox);
  TakeList(mixed.ingresses, g.ingresses, inbox);
  TakeList(mixed.routes, g.routes.http_routes, inbox);
  TakeList(mixed.plugins, g.plugins.plugins, inbox);
  TakeList(mixed.consumers, g.consumers.consumers, inbox);
  TakeList(mixed.metadata, g.secret_metadata, inbox);
  TakeList(mixed.secrets, g.secrets, inbox);
  TakeList(mixed.fleet.services, g.services, inbox);
  TakeList(mixed.fleet.endpoint_slices, g.endpoint_slices, inbox);
}

double ResidentMb() {
  size_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

void BM_MixedColdStart(benchmark::State& state) {
  const double before = ResidentMb();
  const MixedPages& mixed = MixedOf(static_cast<size_t>(state.range(0)));
  const double text = ResidentMb() - before;
  for (auto _ : state) {
    auto graph = std::make_unique<engine::Graph>(engine::NewExecutor(0), 1);
    auto gateway = std::make_unique<kong::GatewayGraph>(*graph, kong::Options{});
    auto contents = std::make_unique<kong::ClassContents>(
        *graph, kong::PayloadTables{{&gateway->entities}, &gateway->refused},
        kong::OffersOf(3, 9, false, false));
    auto builder = std::make_unique<kong::PayloadBuilder>(*contents);
    std::promise<void> built;
    double translated = 0;
    Clock::time_point published, made;
    kong::EngineThread thread(
        *graph, {.draining = {}, .stepped = [&](const auto&, auto) { published = Clock::now(); }});
    const Clock::time_point began = Clock::now();
    TakeAll(mixed, *gateway, thread.inbox());
    const Clock::time_point parsed = Clock::now();
    thread.Open();
    thread.Ask([&] {
      translated = ResidentMb() - text;
      state.counters["MB"] = static_cast<double>(builder->Build()->body->size()) / 1e6;
      made = Clock::now();
      built.set_value();
    });
    built.get_future().wait();
    auto millis = [](auto from, auto to) {
      return std::chrono::duration<double, std::milli>(to - from).count();
    };
    state.SetIterationTime(millis(began, made) / 1e3);
    state.counters["parse_ms"] = millis(began, parsed);
    state.counters["epoch_ms"] = millis(parsed, published);
    state.counters["payload_ms"] = millis(published, made);
    state.counters["entities"] = static_cast<double>(gateway->entities.size());
    gateway->problems.ForEach([](const kong::Problem& problem) {
      CHECK(false, engine::Cat(problem.object.text(), ": ", problem.text));
    });
    state.counters["translated_MB"] = translated;
    state.counters["rss_MB"] = ResidentMb() - text;
  }
}

BENCHMARK(BM_MixedColdStart)
    ->Arg(10)
    ->Arg(100)
    ->Arg(1000)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bench
