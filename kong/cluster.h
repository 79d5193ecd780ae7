// The Kubernetes side of the controller: every kind that rules read, watched, and the Secrets they
// name.
//
// Secrets are watched as metadata only; those that rules want, and those that declare themselves CA
// certificates, are fetched one by one (architecture, decision 3). Everything enters the inbox of
// the engine. Lives on the clock's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "engine/inbox.h"
#include "io/clock.h"
#include "k8s/api_client.h"
#include "k8s/secret_fetcher.h"
#include "kong/gateway_graph.h"
#include "kong/watched_kind.h"

namespace kong {

struct ClusterOptions {
  std::vector<std::string> namespaces;  // Empty: all.
  bool ingresses = true;
  bool ingress_classes = true;
  bool ingress_class_parameters = true;
  bool services = true;  // And EndpointSlices.
  bool gateways = true;  // And what belongs to them; these kinds need not be installed.
  bool reference_grants = true;
  bool http_routes = true;
  bool grpc_routes = true;
  bool stream_routes = true;  // TCPRoutes, UDPRoutes and TLSRoutes.
  bool tcp_ingresses = true;
  bool udp_ingresses = true;
  bool kong_upstream_policies = true;
  bool kong_ingresses = true;
  bool kong_service_facades = false;
  bool backend_tls_policies = true;
  bool plugins = true;
  bool cluster_plugins = true;
  bool consumers = true;  // And KongConsumerGroups.
  bool vaults = true;
  bool licenses = true;
  bool custom_entities = true;
  RemovalLimit limit;
  k8s::ReflectorTimes times;
  uint64_t seed = 0;  // Of jitter.
};

struct ClusterHooks {
  std::function<void(std::string_view kind)> received;  // An event is about to enter the inbox.
  std::function<void()> changed;  // What complete, answered, Awaits or Troubles say.
};

class Cluster {
 public:
  Cluster(k8s::ApiClient& api, io::Clock& clock, engine::Inbox& inbox, GatewayGraph& graph,
          ClusterOptions options, ClusterHooks hooks);
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  void Start();
  void Want(const ObjectName& secret);
  void Unwant(const ObjectName& secret);

  bool complete() const;  // The first list of every kind is in the inbox.
  bool answered() const {
    return fetcher_.unanswered() == 0;
  }  // Every wanted Secret is there, or missing.
  // Whether the first answer about a wanted Secret may still come soon: none came, not even a
  // failure.
  bool Awaits(const ObjectName& secret) const {
    return fetcher_.Unanswered(secret) && !failures_.contains(secret);
  }
  std::vector<std::string> Troubles() const;  // A sentence each; empty while all is well.
  const std::vector<std::unique_ptr<WatchedKindBase>>& kinds() const { return kinds_; }

 private:
  template <class R>
  void Watch(engine::Source<R>& source, const k8s::ResourceType& type, bool optional = false,
             const std::string& label_selector = "", bool forbidden_is_absent = false);
  template <class R>
  typename WatchedKind<R>::Setup SetupOf(engine::Source<R>& source, const k8s::ResourceType& type,
                                         const std::string& ns);
  void WatchPolicies();
  void WatchRoutes();
  void WatchPluginsAndConsumers();
  void WatchSecrets();
  void WatchGateways();
  k8s::SecretNews News();
  void SeeSecret(const k8s::PartialObjectMetadata& secret);
  void MissSecret(const ObjectName& secret);
  void Settle(const ObjectName& secret);

  k8s::ApiClient& api_;
  io::Clock& clock_;
  engine::Inbox& inbox_;
  GatewayGraph& graph_;
  const ClusterOptions options_;
  ClusterHooks hooks_;
  absl::flat_hash_set<ObjectName> wanted_;    // By rules.
  absl::flat_hash_set<ObjectName> declared_;  // CA certificates, by their label.
  std::map<ObjectName, std::string> failures_;
  k8s::SecretFetcher fetcher_;
  std::vector<std::unique_ptr<WatchedKindBase>> kinds_;
};

}  // namespace kong
