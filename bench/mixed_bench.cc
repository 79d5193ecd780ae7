// A mixed cluster from nothing: from the bytes of its lists to the payload, in wall time.
//
// The argument is a thousandth of the whole: 20 Ingresses, 20 HTTPRoutes, 5 KongPlugins (each on an
// Ingress), 10 KongConsumers with a key each, half a Gateway of two listeners, 50 Services and as
// many EndpointSlices of four endpoints. One thread parses, as the loop's does; the engine's takes
// rows in meanwhile, runs the first epoch on all cores, and makes the payload. `translated_MB` is
// what the process holds after the epoch, `rss_MB` with the payload, both without the text of the
// lists.
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "bench/fleet.h"
#include "bench/fleet_json.h"
#include "benchmark/benchmark.h"
#include "engine/assert.h"
#include "k8s/parse.h"
#include "kong/engine_thread.h"
#include "kong/gateway_graph.h"
#include "kong/payload_builder.h"

namespace bench {
namespace {

using engine::Cat;
using Clock = std::chrono::steady_clock;

struct Mixed {
  FleetPages fleet;  // Ingresses are replaced by those below.
  std::vector<std::string> ingresses, classes, gateways, routes, plugins, consumers, metadata,
      secrets;
};

// Objects of a namespace that counts hundreds of Services, as in fleet.h.
struct Named {
  Named(std::string_view kind, size_t i, size_t service)
      : id(NameOf("service", service)),
        ns(id.ns.text()),
        service_name(id.name.text()),
        name(Cat(kind, "-", NameOf("x", i).name.text())),
        uid(Cat("0a1b2c3d-0000-4000-8000-", NameOf(kind.substr(0, 5), i).name.text())) {}
  k8s::NamespacedName id;
  std::string_view ns, service_name;
  std::string name, uid;
  MetaText meta(std::string labels = {}, std::string annotations = {}) const {
    return {ns, name, uid, "2024-01-01T00:00:00Z", std::move(labels), std::move(annotations)};
  }
};

void WriteIngress(io::JsonWriter& out, size_t i) {
  const size_t service = i * 2;
  Named named("ingress", i, service);
  std::string annotations;
  if (i % 4 == 0)
    annotations = Cat(R"("konghq.com/plugins":")", Named("plugin", i / 4, service).name, '"');
  WriteMeta(out, named.meta({}, annotations));
  out.Key("spec").Raw(Cat(
      R"({"ingressClassName":"kong","rules":[{"host":")", named.name,
      R"(.example.com","http":{"paths":[{"path":"/shop","pathType":"Prefix","backend":{"service":)",
      R"({"name":")", named.service_name, R"(","port":{"number":80}}}},{"path":"/cart",)",
      R"("pathType":"Exact","backend":{"service":{"name":")", named.service_name,
      R"(","port":{"name":"http"}}}}]}}]})"));
}

void WritePlugin(io::JsonWriter& out, size_t i) {
  WriteMeta(out, Named("plugin", i, i * 8).meta());
  out.Member("plugin", "rate-limiting").Key("config");
  out.BeginObject().Member("minute", 5 + i % 90).Member("policy", "local").EndObject();
}

void WriteRoute(io::JsonWriter& out, size_t i) {
  Named named("route", i, i * 2 + 1);
  WriteMeta(out, named.meta());
  const std::string gateway = Named("gateway", i / 40, 0).name;
  out.Key("spec").Raw(
      Cat(R"({"parentRefs":[{"name":")", gateway, R"(","namespace":"team-000000"}],"hostnames":[")",
          named.name, ".", gateway,
          R"(.example.com"],"rules":[{"matches":[{"path":{"type":"PathPrefix","value":"/shop"}},)",
          R"({"path":{"type":"Exact","value":"/cart"},"method":"GET"}],"backendRefs":[{"name":")",
          named.service_name, R"(","port":80}]}]})"));
}

void WriteGateway(io::JsonWriter& out, size_t i) {
  Named named("gateway", i, 0);
  WriteMeta(out, named.meta());
  auto listener = [&](std::string_view name, int port, std::string_view host) {
    return Cat(R"({"name":")", name, R"(","protocol":"HTTP","port":)", port, R"(,"hostname":")",
               host, named.name, R"(.example.com","allowedRoutes":{"namespaces":{"from":"All"}}})");
  };
  out.Key("spec").Raw(Cat(R"({"gatewayClassName":"kong","listeners":[)", listener("all", 80, "*."),
                          ",", listener("admin", 8080, "admin."), "]}"));
}

void WriteConsumer(io::JsonWriter& out, size_t i) {
  Named named("consumer", i, i * 5);
  WriteMeta(out, named.meta({}, R"("kubernetes.io/ingress.class":"kong")"));
  out.Member("username", named.name).Key("credentials").BeginArray();
  out.String(Named("key", i, i * 5).name).EndArray();
}

MetaText CredentialMeta(const Named& named) {
  return named.meta(R"(,"konghq.com/credential":"key-auth")");
}

void WriteSecret(io::JsonWriter& out, size_t i) {
  Named named("key", i, i * 5);
  WriteMeta(out, CredentialMeta(named));
  out.Member("type", "Opaque").Key("data");
  out.BeginObject().Member("key", absl::Base64Escape(named.name)).EndObject();
}

const Mixed& MixedOf(size_t thousandths) {
  static std::unique_ptr<Mixed> all;
  all = std::make_unique<Mixed>();
  all->fleet = MakePages(50 * thousandths);
  all->ingresses = Pages(20 * thousandths, WriteIngress);
  all->routes = Pages(20 * thousandths, WriteRoute);
  all->plugins = Pages(5 * thousandths, WritePlugin);
  all->consumers = Pages(10 * thousandths, WriteConsumer);
  all->secrets = Pages(10 * thousandths, WriteSecret);
  all->metadata = Pages(10 * thousandths, [](io::JsonWriter& out, size_t i) {
    WriteMeta(out, CredentialMeta(Named("key", i, i * 5)));
  });
  all->gateways = Pages((thousandths + 1) / 2, WriteGateway);
  all->classes = Pages(1, [](io::JsonWriter& out, size_t) {
    WriteMeta(out, {"", "kong", "0a1b2c3d-0000-4000-8000-00123456789a"});
    out.Key("spec").BeginObject();
    out.Member("controllerName", "konghq.com/kic-gateway-controller").EndObject();
  });
  return *all;
}

template <class R>
void TakeList(const std::vector<std::string>& pages, engine::Source<R>& source,
              engine::Inbox& inbox) {
  const k8s::ParseOptions options = kong::GatewayGraph::WhatToParse();
  std::vector<R> rows;
  std::vector<k8s::BadObject> bad;
  for (const std::string& page : pages) {
    CHECK(k8s::ParseListPage(page, options, rows, bad).ok(), "a page of the cluster is JSON");
  }
  CHECK(bad.empty(), engine::MessageOf(bad.front().why));
  inbox.ReplaceAll(source, std::move(rows));
}

void TakeAll(const Mixed& mixed, kong::GatewayGraph& g, engine::Inbox& inbox) {
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
  const Mixed& mixed = MixedOf(static_cast<size_t>(state.range(0)));
  const double text = ResidentMb() - before;
  for (auto _ : state) {
    auto graph = std::make_unique<engine::Graph>(engine::NewExecutor(0), 1);
    auto gateway = std::make_unique<kong::GatewayGraph>(*graph, kong::Options{});
    auto builder = std::make_unique<kong::PayloadBuilder>(
        *graph, kong::PayloadTables{{&gateway->entities}, &gateway->refused},
        kong::OffersOf(3, 9, false, false));
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
      CHECK(false, Cat(problem.object.text(), ": ", problem.text));
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
