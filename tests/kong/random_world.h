// Random edits of a small cluster, and the check that the graph computes from them what a fresh one
// does.
//
// Names come from small sets, so that everything collides: names, hosts, Secrets, ages, addresses.
// One seed is one history, on any machine.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "kong/gateway_graph.h"
#include "tests/kong/test_certificates.h"

namespace kong {

inline constexpr uint32_t kRandomNamespaces = 2;

class RandomWorld {
 public:
  struct Size {
    uint32_t ingresses = 100, services = 50, slices = 50, secrets = 20;
  };
  RandomWorld(uint64_t seed, Size size, Options options);

  void Edit();  // One object of some kind set or erased.
  void Step() { graph_.Step(); }
  // The set hash of every table against a fresh graph that is fed the same sources.
  absl::Status CompareHashes() const;
  absl::Status CheckAll();  // Everything that Graph::Check checks.

  const GatewayGraph& graph() const { return g_; }
  const engine::Graph& engine() const { return graph_; }

 private:
  uint32_t Below(uint32_t limit) { return static_cast<uint32_t>(random_() % limit); }
  bool OneIn(uint32_t n) { return Below(n) == 0; }
  Symbol Named(std::string_view prefix, uint32_t limit);
  k8s::ObjectMeta Meta(ObjectName id);
  void EditIngress();
  void EditService();
  void EditSlice();
  void EditSecret();
  void EditClass();
  void EditQuarantine();
  void EditRefused(const ObjectRef& object);
  // In random_policies.cc.
  void EditPolicies();
  void EditUpstreamPolicy();
  void EditKongIngress();
  void EditFacade();
  void EditConfigMap();
  void EditBackendTls();
  void EditStream();
  std::vector<k8s::StreamRule> StreamRules();
  void EditNow();
  void EditGatewayApi();  // In random_gateways.cc.
  void EditGateway();
  void EditListenerSet();
  void EditGrant();
  k8s::AllowedNamespaces Allowed();
  std::vector<k8s::Listener> Listeners();
  // In random_routes.cc.
  void EditRoute();
  void EditHttpRoute();
  void EditGrpcRoute();
  template <class R>
  void EditStreamRoute(engine::Source<R>& routes);
  void EditRouteGrant();
  template <class R>
  R NewRoute(std::string_view prefix);
  std::vector<k8s::RouteBackend> RouteBackends();
  std::vector<k8s::RouteFilter> RouteFilters();
  k8s::IngressBackend Backend();
  // Plugins, consumers and their like: random_plugins.cc.
  void EditPluginsAndConsumers();
  void EditPlugin();
  void EditClusterPlugin();
  void EditConsumer();
  void EditConsumerGroup();
  void EditCustomEntity();
  void EditVaultOrLicense();
  void EditPluginGrant();
  void AddCredential(k8s::Secret& secret);
  std::string SomePlugins();
  k8s::PluginSpec SomePlugin();
  k8s::ObjectMeta ClassedMeta(ObjectName id);
  void Annotate(k8s::ObjectMeta& meta,
                const std::vector<std::pair<std::string_view, std::string_view>>& known);

  std::mt19937_64 random_;
  Size size_;
  Options options_;
  engine::Graph graph_;
  GatewayGraph g_;
  std::vector<TestPair> pairs_;
};

}  // namespace kong
