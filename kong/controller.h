// The whole controller as one object: Kubernetes in, Kong configured, and whether all is well.
//
//   reflectors ──rows──▶ Inbox ──▶ engine's thread ──payloads──▶ Delivery ──▶ gateways
//        ▲                              │
//        └───── Secrets that rules want ┘
//
// The order of a start: a gateway answers and so decides the router flavour; every kind is listed;
// all of it is one epoch; the Secrets that it wants are fetched; and only then the first payload is
// made. So nothing is ever delivered half-filled. From then on there is no order and no tick: what
// changes goes through, as fast as the slowest part lets it. Only a change that names a Secret
// which nobody named before waits a moment for it, so that a host goes live together with its
// certificate.
//
// It knows no sockets: time, HTTP and the way onto the loop's thread are given to it, so the
// program, the demo, tests and simulations run the same object. Loop thread only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "io/clock.h"
#include "io/http_client.h"
#include "k8s/api_client.h"
#include "k8s/lease_candidate.h"
#include "kong/cluster.h"
#include "kong/database/database_sink.h"
#include "kong/delivery.h"
#include "kong/gateway_discovery.h"
#include "kong/hybrid/control_plane.h"
#include "kong/live_graph.h"
#include "kong/metrics.h"
#include "kong/patch.h"
#include "kong/propagation.h"

namespace kong {

struct ControllerOptions {
  Options translation;  // Of the router flavour the gateways decide, unless delivery.expressions
                        // says it.
  ClusterOptions cluster;
  DeliveryOptions delivery;
  DatabaseOptions database;                   // Of gateways that turn out to have one.
  bool data_planes = false;                   // Be their control plane, too.
  std::optional<DiscoveryOptions> discovery;  // Without it gateways are those that were added.
  // Without it this is the only replica. With it, it configures gateways only while it leads; a
  // follower has the same tables and payloads.
  std::optional<k8s::CandidateOptions> election;
  // Begin it only when a gateway turns out to have a database, which several replicas would write.
  // A DB-less one beside its controller has no other.
  bool elect_for_databases_only = false;
};

// For those who watch the controller at work. All on the loop's thread; all may be empty.
struct ControllerHooks {
  std::function<void(engine::Version, std::vector<EntityChange>)> changed;
  std::function<void(const Gateway&, const PushReport&)> pushed;
  std::function<void(const Gateway&, engine::Version)> acknowledged;
  std::function<void(bool leads)> led;  // Leadership was won or lost.
};

class Controller final : private PayloadSource, private PatchSource {
 public:
  Controller(io::Clock& clock, Post post, k8s::ApiClient& api, Metrics& metrics,
             ControllerOptions options, ControllerHooks hooks = {});
  ~Controller() override;

  // `name` is shown: the URL without a password. Before or after Start.
  void AddGateway(std::string name, std::unique_ptr<io::HttpClient> client);
  // What it has stays its own. Not from within a hook.
  void RemoveGateway(const std::string& name);
  void Start();

  // Pushes nothing any more, gives its leadership to another replica, and calls `then`.
  void Resign(absl::AnyInvocable<void()> then);
  bool leads() const { return !candidate_ || candidate_->leads(); }

  // Why it does not serve yet, a sentence each; empty once a gateway has the first configuration,
  // and of a follower. It then stays empty: who is served goes on to be served.
  std::vector<std::string> NotReady() const;
  // What is not well now, ready or not.
  std::vector<std::string> Troubles() const;
  // Null before the router flavour is known, and if there is none to be.
  ControlPlane* control_plane() { return control_plane_.get(); }
  LiveGraph* graph() { return graph_.get(); }  // Null before the router flavour is known.
  const std::vector<std::unique_ptr<Gateway>>& gateways() const { return delivery_->gateways(); }
  // The newest version that changed what gateways should have; 0 before the first.
  engine::Version wanted() const { return delivering_ ? deliverable_ : 0; }
  void RefreshMetrics(absl::AnyInvocable<void()> then);

 private:
  void Build(Needs offers, absl::AnyInvocable<void(std::shared_ptr<const Payload>)> then) override;
  void Changes(Needs offers, engine::Version from,
               absl::AnyInvocable<void(std::shared_ptr<const Patch>)> then) override;
  void Hold(Needs offers, engine::Version oldest) override;
  DeliveryCallbacks Callbacks();
  void BeginElection();
  void Discover();
  void OnLed(bool leads);
  void BeginTranslation();
  void BeginControlPlane(bool expressions);
  void Deliver();
  void OnPublished(Published published);
  void OnClusterChanged();
  void TrySettle();
  void Await(const std::vector<ObjectName>& secrets);
  void TryRelease();
  void Release();
  void OnDatabase(std::string name, std::unique_ptr<io::HttpClient> client,
                  GatewayIdentity identity);
  DatabaseCallbacks CallbacksOfDatabase();
  void OnPushed(const Gateway& gateway, const PushReport& report);
  void OnAcknowledged(const std::string& name, engine::Version version);
  void MeasureDataPlanes();
  void KeepTime();

  io::Clock& clock_;
  k8s::ApiClient& api_;
  Metrics& metrics_;
  const ControllerOptions options_;
  const ControllerHooks hooks_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  Post post_;  // Drops what comes after the end.
  Propagation propagation_;
  bool started_ = false, opened_ = false, settling_ = false, delivering_ = false, ready_ = false;
  engine::Version deliverable_ = 0;
  std::vector<ObjectName> awaited_;  // Secrets that the newest version waits for.
  bool releasing_ = false;
  io::Timer patience_;  // Runs while a version is held back.
  io::Timer hour_;
  std::unique_ptr<LiveGraph> graph_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<Delivery> delivery_;
  std::unique_ptr<DatabaseSink> database_;  // Null until a gateway has one.
  std::unique_ptr<ControlPlane> control_plane_;
  std::unique_ptr<GatewayDiscovery> discovery_;
  std::unique_ptr<k8s::LeaseCandidate> candidate_;  // Once there is an election.
};

}  // namespace kong
