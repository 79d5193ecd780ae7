#include "kong/controller.h"

#include <utility>

#include "engine/text.h"
#include "io/log.h"

namespace kong {
namespace {

using engine::Cat;

constexpr absl::Duration kHour = absl::Hours(1);
// How long a change waits for the Secrets that it is the first to name. An API server answers
// within a few milliseconds.
constexpr absl::Duration kPatience = absl::Milliseconds(500);

// Versions grow across restarts: an epoch would have to take less than a microsecond for long to
// catch up.
engine::Version FirstVersion(absl::Time now) {
  return static_cast<engine::Version>(absl::ToUnixSeconds(now)) << 20;
}

// As KIC's metric calls it.
std::string FailureReason(const PushReport& report) {
  if (report.taken()) return "";
  if (report.status == 0) return "network";
  return report.end == PushEnd::kRefused || report.end == PushEnd::kRepeat ? "conflict" : "other";
}

}  // namespace

Controller::Controller(io::Clock& clock, Post post, k8s::ApiClient& api, Metrics& metrics,
                       ControllerOptions options, ControllerHooks hooks)
    : clock_(clock),
      api_(api),
      metrics_(metrics),
      options_(std::move(options)),
      hooks_(std::move(hooks)) {
  post_ = [alive = alive_, post = std::move(post)](absl::AnyInvocable<void()> call) {
    post([alive, call = std::move(call)]() mutable {
      if (*alive) call();
    });
  };
  PayloadSource& source = *this;
  DeliveryOptions delivery = options_.delivery;
  delivery.may_push = [this] { return leads(); };
  delivery_ = std::make_unique<Delivery>(clock_, source, std::move(delivery), Callbacks());
  if (options_.election && !options_.elect_for_databases_only) BeginElection();
}

void Controller::BeginElection() {
  candidate_ = std::make_unique<k8s::LeaseCandidate>(api_, clock_, *options_.election,
                                                     [this](bool leads) { OnLed(leads); });
  delivery_->Lead(false);
  if (control_plane_) control_plane_->Lead(false);
  metrics_.Leads(options_.election->lease.name.text(), false);
  if (started_) candidate_->Start();
}

Controller::~Controller() { *alive_ = false; }

void Controller::AddGateway(std::string name, std::unique_ptr<io::HttpClient> client) {
  delivery_->Add(std::move(name), std::move(client));
}

void Controller::Start() {
  started_ = true;
  if (candidate_) candidate_->Start();
  if (options_.discovery) Discover();
  if (delivery_->expressions()) BeginTranslation();
}

void Controller::OnLed(bool leads) {
  delivery_->Lead(leads);
  if (database_) database_->Lead(leads);
  if (control_plane_) control_plane_->Lead(leads);
  metrics_.Leads(options_.election->lease.name.text(), leads);
  if (hooks_.led) hooks_.led(leads);
}

void Controller::Resign(absl::AnyInvocable<void()> then) {
  delivery_->Lead(false);
  if (database_) database_->Lead(false);
  if (control_plane_) control_plane_->Lead(false);
  if (!candidate_) return then();
  candidate_->Release(std::move(then));
}

void Controller::RemoveGateway(const std::string& name) {
  delivery_->Remove(name);
  if (database_) database_->Remove(name);
  metrics_.Forget(name);
  propagation_.Forget(name);
}

void Controller::Discover() {
  DiscoveryHooks hooks;
  hooks.found = [this](const std::string& address) {
    AddGateway(address, options_.discovery->connect(*io::Url::Parse(address)));
  };
  hooks.gone = [this](const std::string& address) { RemoveGateway(address); };
  discovery_ =
      std::make_unique<GatewayDiscovery>(api_, clock_, *options_.discovery, std::move(hooks));
  discovery_->Start();
}

DeliveryCallbacks Controller::Callbacks() {
  DeliveryCallbacks callbacks;
  callbacks.refused = [this](std::vector<RefusedEntity> rows) { graph_->Refuse(std::move(rows)); };
  callbacks.reconsider = [this](Needs offers) {
    if (graph_) graph_->Reconsider(offers);
  };
  callbacks.acknowledged = [this](const Gateway& gateway, engine::Version version) {
    OnAcknowledged(gateway.name(), version);
    if (hooks_.acknowledged) hooks_.acknowledged(gateway, version);
  };
  callbacks.pushed = [this](const Gateway& gateway, const PushReport& report) {
    OnPushed(gateway, report);
  };
  callbacks.happened = [this](const Gateway& gateway, GatewayState::Event event) {
    if (event == GatewayState::Event::kFound && started_ && delivery_->expressions())
      BeginTranslation();
    if (event == GatewayState::Event::kDrifted) metrics_.Drifted(gateway.name());
  };
  callbacks.has_database = [this](std::string name, std::unique_ptr<io::HttpClient> client,
                                  GatewayIdentity identity) {
    OnDatabase(std::move(name), std::move(client), std::move(identity));
  };
  return callbacks;
}

void Controller::OnDatabase(std::string name, std::unique_ptr<io::HttpClient> client,
                            GatewayIdentity identity) {
  if (!candidate_ && options_.election) BeginElection();
  if (!database_) {
    PatchSource& source = *this;
    database_ =
        std::make_unique<DatabaseSink>(clock_, source, options_.database, CallbacksOfDatabase());
    database_->Lead(leads());
    if (delivering_) database_->Published(deliverable_);
  }
  database_->Add(std::move(name), std::move(client), std::move(identity));
  if (started_) BeginTranslation();
}

DatabaseCallbacks Controller::CallbacksOfDatabase() {
  DatabaseCallbacks callbacks;
  callbacks.refused = [this](std::vector<RefusedEntity> rows) { graph_->Refuse(std::move(rows)); };
  callbacks.drifted = [this](const std::string& gateway) { metrics_.Drifted(gateway); };
  callbacks.pushed = [this](const DatabaseRound& round) {
    std::string_view reason = round.failed == 0 ? "" : !round.answered ? "network" : "other";
    metrics_.Pushed({.gateway = round.gateway,
                     .failure_reason = std::string(round.refused > 0 ? "conflict" : reason),
                     .bytes = round.bytes,
                     .took = round.took,
                     .ended = clock_.Now(),
                     .broken_objects = round.refused});
  };
  callbacks.acknowledged = [this](const std::string& gateway, engine::Version version) {
    OnAcknowledged(gateway, version);
  };
  return callbacks;
}

void Controller::BeginTranslation() {
  if (graph_) return;
  Options translation = options_.translation;
  translation.expressions = *delivery_->expressions();
  translation.sticky_sessions = (delivery_->first_offers() & kNeedsFrom3_11) != 0;
  LiveGraphHooks hooks{
      .post = post_,
      .published = [this](Published published) { OnPublished(std::move(published)); },
      .changed = hooks_.changed};
  graph_ = std::make_unique<LiveGraph>(std::move(translation), FirstVersion(clock_.Now()), metrics_,
                                       propagation_, std::move(hooks));
  KeepTime();
  ClusterHooks cluster{
      .received = [this](std::string_view kind) { propagation_.Received(kind, clock_.Uptime()); },
      .changed = [this] { OnClusterChanged(); }};
  cluster_ = std::make_unique<Cluster>(api_, clock_, graph_->inbox(), graph_->sources(),
                                       options_.cluster, std::move(cluster));
  cluster_->Start();
  if (options_.data_planes) BeginControlPlane(*delivery_->expressions());
}

void Controller::BeginControlPlane(bool expressions) {
  ControlPlaneHooks hooks{
      .acknowledged = [this](
                          const DataPlane& data_plane,
                          engine::Version version) { OnAcknowledged(data_plane.name(), version); },
      .left =
          [this](const DataPlane& data_plane) {
            metrics_.Forget(data_plane.name());
            propagation_.Forget(data_plane.name());
          },
      .refused = [this](std::vector<RefusedEntity> rows) { graph_->Refuse(std::move(rows)); }};
  PayloadSource& payloads = *this;
  PatchSource& patches = *this;
  control_plane_ = std::make_unique<ControlPlane>(
      clock_,
      ControlPlane::Sources{payloads, patches, SchemaTable::Bundled(),
                            options_.cluster.seed & 0xffffffff},
      expressions, std::move(hooks));
  control_plane_->Lead(leads());
}

void Controller::Deliver() {
  delivery_->Published(deliverable_);
  if (database_) database_->Published(deliverable_);
  if (control_plane_) control_plane_->Published(deliverable_);
}

void Controller::KeepTime() {
  graph_->inbox().Set(graph_->sources().now, Now{.unix_s = absl::ToUnixSeconds(clock_.Now())});
  hour_ = clock_.After(kHour, [this] { KeepTime(); });
}

void Controller::OnClusterChanged() {
  if (!opened_ && cluster_->complete()) {
    opened_ = true;
    graph_->Open();
  }
  TrySettle();
  TryRelease();
}

void Controller::OnPublished(Published published) {
  if (published.deliverable) deliverable_ = published.version;
  for (const ObjectName& secret : published.unwanted) cluster_->Unwant(secret);
  for (const ObjectName& secret : published.wanted) cluster_->Want(secret);
  if (!delivering_) return TrySettle();
  Await(published.wanted);
  if (published.deliverable && !patience_) Deliver();
}

// A second wait does not prolong the first: nothing is held back for longer than kPatience.
void Controller::Await(const std::vector<ObjectName>& secrets) {
  for (const ObjectName& secret : secrets) {
    if (cluster_->Awaits(secret)) awaited_.push_back(secret);
  }
  if (!awaited_.empty() && !patience_) patience_ = clock_.After(kPatience, [this] { Release(); });
}

// What was waited for is in the inbox, or will not come: once the engine has seen it, there is a
// version to deliver.
void Controller::TryRelease() {
  std::erase_if(awaited_, [&](const ObjectName& secret) { return !cluster_->Awaits(secret); });
  if (!patience_ || !awaited_.empty() || std::exchange(releasing_, true)) return;
  graph_->Settle([this](engine::Version) {
    releasing_ = false;
    if (awaited_.empty()) Release();
  });
}

void Controller::Release() {
  if (!patience_) return;
  patience_.Cancel();
  awaited_.clear();
  Deliver();
}

// The first payload waits for the Secrets that the first epoch wants, and for what follows from
// them.
void Controller::TrySettle() {
  if (delivering_ || settling_ || deliverable_ == 0 || !cluster_->answered()) return;
  settling_ = true;
  graph_->Settle([this](engine::Version) {
    settling_ = false;
    if (!cluster_->answered()) return;
    delivering_ = true;
    Deliver();
  });
}

void Controller::Build(Needs offers,
                       absl::AnyInvocable<void(std::shared_ptr<const Payload>)> then) {
  graph_->Build(offers, std::move(then));
}

void Controller::Changes(Needs offers, engine::Version from,
                         absl::AnyInvocable<void(std::shared_ptr<const Patch>)> then) {
  graph_->Changes(offers, from, std::move(then));
}

void Controller::Hold(Needs offers, engine::Version oldest) { graph_->Hold(offers, oldest); }

void Controller::OnPushed(const Gateway& gateway, const PushReport& report) {
  if (report.version != 0) {  // Trials of a bisection are no configurations.
    metrics_.Pushed({.gateway = gateway.name(),
                     .failure_reason = FailureReason(report),
                     .bytes = report.bytes,
                     .took = report.took,
                     .ended = clock_.Now(),
                     .broken_objects = report.refusal.culprits.size()});
  }
  if (hooks_.pushed) hooks_.pushed(gateway, report);
}

void Controller::OnAcknowledged(const std::string& name, engine::Version version) {
  ready_ = true;
  const auto arrivals = propagation_.Acknowledged(name, version, clock_.Uptime());
  for (const auto& arrival : arrivals) {
    if (!leads()) break;  // When a follower hears of it says nothing.
    metrics_.Propagated(arrival.kind, name, arrival.took);
  }
}

std::vector<std::string> Controller::NotReady() const {
  // A follower is, but not for want of a right: then nobody may ever lead.
  const bool follows = !leads() && !absl::IsPermissionDenied(candidate_->error());
  if (ready_ || follows) return {};
  std::vector<std::string> reasons = Troubles();
  if (!graph_) reasons.push_back("no gateway has answered yet, so the router flavour is not known");
  if (reasons.empty()) reasons.push_back("no gateway has the first configuration yet");
  return reasons;
}

std::vector<std::string> Controller::Troubles() const {
  std::vector<std::string> troubles;
  if (cluster_) troubles = cluster_->Troubles();
  if (candidate_ && !candidate_->error().ok())
    troubles.emplace_back(engine::MessageOf(candidate_->error()));
  if (discovery_) {
    if (std::string trouble = discovery_->Trouble(); !trouble.empty())
      troubles.push_back(std::move(trouble));
  }
  for (const auto& gateway : delivery_->gateways()) {
    if (const GatewayState& state = gateway->state(); !state.usable()) {
      troubles.push_back(Cat("gateway ", gateway->name(), ": ", state.trouble()));
    } else if (state.wanted() && state.wanted()->hash != state.shown()) {
      troubles.push_back(
          Cat("gateway ", gateway->name(), " does not have the newest configuration"));
    }
  }
  if (database_ && !database_->empty() && leads() && !database_->trouble().empty()) {
    troubles.push_back(Cat("database of ", database_->gateway(), ": ", database_->trouble()));
  }
  if (!control_plane_) return troubles;
  for (const auto& [id, data_plane] : control_plane_->data_planes().all()) {
    if (data_plane.sockets == 0) continue;
    if (!data_plane.trouble.empty()) {
      troubles.push_back(Cat("data plane ", data_plane.name(), ": ", data_plane.trouble));
    } else if (!control_plane_->InSync(data_plane)) {
      troubles.push_back(
          Cat("data plane ", data_plane.name(), " does not have the newest configuration"));
    }
  }
  return troubles;
}

void Controller::MeasureDataPlanes() {
  for (const auto& [id, data_plane] : control_plane_->data_planes().all()) {
    if (data_plane.sockets > 0)
      metrics_.InSync(data_plane.name(), control_plane_->InSync(data_plane));
  }
  const DeltaFleetCosts deltas = control_plane_->delta_costs();
  const FullFleetCosts& wholes = control_plane_->full_costs();
  metrics_.DataPlanes(
      "v1", {control_plane_->full_sockets(), wholes.encodings, wholes.messages, wholes.bytes});
  metrics_.DataPlanes(
      "v2", {control_plane_->delta_sockets(), deltas.encodings, deltas.messages, deltas.bytes});
}

void Controller::RefreshMetrics(absl::AnyInvocable<void()> then) {
  for (const auto& gateway : delivery_->gateways()) {
    metrics_.InSync(gateway->name(), wanted() != 0 && gateway->state().acknowledged() >= wanted());
  }
  if (database_) {
    const bool in_sync = wanted() != 0 && database_->acknowledged() >= wanted();
    for (const std::string& gateway : database_->gateways()) metrics_.InSync(gateway, in_sync);
  }
  if (control_plane_) MeasureDataPlanes();
  if (!graph_) return then();
  for (const auto& kind : cluster_->kinds()) {
    for (size_t i = 0; i < k8s::kRelistReasons; ++i) {
      const auto reason = static_cast<k8s::RelistReason>(i);
      metrics_.Relists(kind->kind(), k8s::NameOf(reason), kind->Relists(reason));
    }
  }
  graph_->RefreshMetrics(std::move(then));
}

}  // namespace kong
