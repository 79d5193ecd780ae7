#include "kong/hybrid/delta_fleet.h"

#include <algorithm>
#include <set>

#include "engine/text.h"
#include "io/log.h"

namespace kong {
namespace {

using engine::Cat;

// A data plane comes within milliseconds of being told; by itself it comes every 30 s.
constexpr absl::Duration kPatience = absl::Seconds(10);
// When it starts it comes within half a second; when it finds its control plane again it does not.
constexpr absl::Duration kGreeting = absl::Seconds(1);
constexpr uint16_t kGoingAway = 1001;
constexpr int kFailuresBeforeWipe = 3;
constexpr int kFailuresBeforeTrouble = 6;
constexpr size_t kVersionDigits = 32;
// So that the reason for an end still reaches the data plane.
constexpr absl::Duration kFarewell = absl::Seconds(1);

// As the data plane's /status shows it.
std::string ConfigHash(uint64_t version, VersionSpelling spelling) {
  if (spelling == VersionSpelling::kText) {
    std::string text;
    AppendVersion(text, version, spelling);
    return text.substr(1, text.size() - 2);
  }
  const std::string digits = Cat(version);
  return std::string(kVersionDigits - digits.size(), '0') + digits;
}

}  // namespace

DeltaFleet::DeltaFleet(Parts parts) : parts_(std::move(parts)), line_(parts_.versions_ahead) {}
DeltaFleet::~DeltaFleet() = default;

DeltaFleetCosts DeltaFleet::costs() const {
  DeltaFleetCosts costs = costs_;
  for (const auto& [key, feed] : feeds_) costs.encodings += feed->encodings();
  return costs;
}

void DeltaFleet::Add(std::string address, std::unique_ptr<io::WebSocket> socket) {
  DeltaSocketListener& listener = *this;
  auto owned = std::make_unique<DeltaSocket>(parts_.clock, std::move(socket), listener);
  const DeltaSocket* key = owned.get();
  sockets_[key] = {.socket = std::move(owned),
                   .address = std::move(address),
                   .serial = next_serial_++,
                   .node = nullptr};
}

void DeltaFleet::CloseAll(const std::string& reason) {
  closing_ = true;
  while (!sockets_.empty()) sockets_.begin()->second.socket->Cut(kGoingAway, reason);
  closing_ = false;
  crews_.clear();
}

DeltaFeed& DeltaFleet::FeedOf(const GatewayIdentity& identity) {
  const Needs offers = identity.offers();
  std::unique_ptr<DeltaFeed>& feed = feeds_[{offers, SpellingOf(identity)}];
  if (!feed) {
    feed = std::make_unique<DeltaFeed>(DeltaFeed::Parts{.clock = parts_.clock,
                                                        .source = parts_.source,
                                                        .schemas = parts_.schemas,
                                                        .stamps = stamps_,
                                                        .line = line_,
                                                        .refused = parts_.refused},
                                       offers, SpellingOf(identity));
    feed->Published(newest_);
  }
  return *feed;
}

absl::Status DeltaFleet::Introduced(DeltaSocket& socket, const RpcMessage& hello) {
  const GatewayIdentity& identity = hello.identity;
  DataPlane& data_plane = parts_.table.Of(identity.node_id);
  Peer& peer = sockets_.at(&socket);
  data_plane.identity = identity;
  data_plane.hostname = hello.hostname;
  data_plane.address = peer.address;
  data_plane.protocol = "v2";
  data_plane.capabilities = hello.capabilities;
  data_plane.seen = parts_.clock.Now();
  if (absl::Status fit = CheckDataPlane(identity, parts_.expressions); !fit.ok()) {
    data_plane.status = SyncStatus::kVersionIncompatible;
    data_plane.trouble = engine::MessageOf(fit);
    io::Warning("a data plane cannot be configured",
                {{"data_plane", data_plane.name()}, {"error", fit}});
    return fit;
  }
  Node& node = nodes_[identity.node_id];
  if (node.sockets.empty()) {
    io::Info(
        "data plane connected",
        {{"data_plane", data_plane.name()}, {"protocol", "v2"}, {"version", identity.version}});
  }
  node.data_plane = &data_plane;
  Join(node, FeedOf(identity));
  node.max_payload_bytes = hello.max_payload_bytes;
  node.sockets.push_back(&socket);
  parts_.table.Connected(data_plane);
  peer.node = &node;
  if (!greeting_) greeting_ = parts_.clock.After(kGreeting, [this] { Greet(); });
  return absl::OkStatus();
}

// Who found its control plane again waits for its poll, or to hear of more than it has. What it has
// may be another process's number and larger than ours, so it is told of more than anybody can
// have, and says what it has.
void DeltaFleet::Greet() {
  greeting_ = io::Timer();
  for (auto& [id, node] : nodes_) {
    if (node.sighted) continue;
    node.sockets.front()->Notify(kVersionEnd - 1, node.feed->spelling());
  }
}

void DeltaFleet::Alive(DeltaSocket& socket) {
  if (Node* node = sockets_.at(&socket).node) node->data_plane->seen = parts_.clock.Now();
}

void DeltaFleet::Closed(DeltaSocket& socket, const absl::Status& status) {
  auto peer = sockets_.find(&socket);
  if (Node* node = peer->second.node) {
    std::erase(node->sockets, &socket);
    parts_.table.Disconnected(*node->data_plane);
    if (node->sockets.empty()) {
      io::Info("data plane disconnected",
               {{"data_plane", node->data_plane->name()}, {"reason", status}});
      Leave(*node);
      nodes_.erase(node->data_plane->node_id);
    }
  } else {
    io::Warning("a socket ended before its hello",
                {{"peer", peer->second.address}, {"reason", status}});
  }
  ended_.push_back(std::move(peer->second.socket));
  sockets_.erase(peer);
  sweep_ = parts_.clock.After(kFarewell, [this] { ended_.clear(); });
}

// Takes in what a data plane says to have.
uint64_t DeltaFleet::Sees(Node& node, uint64_t version) {
  const bool known = version != kUnreadableVersion;
  const bool moved = !node.sighted || version != node.has;
  if (moved) node.failures = 0;
  node.sighted = true;
  node.has = known ? version : kUnreadableVersion;
  node.announced = 0;
  if (known) node.data_plane->config_hash = ConfigHash(version, node.feed->spelling());
  // Who says the same again may be stuck.
  if (engine::Version covers = node.feed->Covers(version); covers != 0 && moved) {
    parts_.table.Acknowledge(*node.data_plane, covers);
    Took(node, covers);
  }
  return node.has;
}

void DeltaFleet::Asked(DeltaSocket& socket, uint64_t version, const std::string& id) {
  const Peer& asking = sockets_.at(&socket);
  Node& node = *asking.node;
  const bool confirms = node.offered != 0 && version == node.offered;
  const uint64_t has = Sees(node, version);
  node.offered = confirms ? 0 : node.offered;
  if (confirms || id.empty()) {
    // It came to say so; what is newer it is told of, so that it comes to say that it has it, too.
    if (!id.empty()) socket.Send(NoDeltas(id));
    if (node.feed->Covers(has) < newest_) Prepare(*node.feed, has);
    return;
  }
  const uint64_t from = node.failures >= kFailuresBeforeWipe ? 0 : has;
  node.feed->Lack(from, [this, key = &socket, serial = asking.serial, id, has](const Batch& batch) {
    auto peer = sockets_.find(key);
    if (peer == sockets_.end() || peer->second.serial != serial) return;
    Node& asked = *peer->second.node;
    const bool news = batch && !batch->nothing();
    if (const Batch given = news ? Admitted(asked, true, batch) : nullptr)
      return Answer(*peer->second.socket, id, given);
    peer->second.socket->Send(NoDeltas(id));
    if (!batch || news || asked.has != has) return;
    parts_.table.Acknowledge(*asked.data_plane, batch->to);
    Took(asked, batch->to);
  });
}

void DeltaFleet::Answer(DeltaSocket& socket, const std::string& id, const Batch& given) {
  Node& node = *sockets_.at(&socket).node;
  const DeltaBatch& batch = *given;
  if (node.max_payload_bytes != 0 && batch.block.size() + 64 > node.max_payload_bytes) {
    socket.Send(NoDeltas(id));
    return Stuck(node, Cat("its cluster_max_payload is ", node.max_payload_bytes,
                           " bytes, and what it lacks has ", batch.block.size(),
                           ": raise KONG_CLUSTER_MAX_PAYLOAD"));
  }
  std::shared_ptr<const std::string> message = batch.Message(id);
  ++costs_.messages;
  costs_.bytes += message->size();
  node.offered = batch.version;
  Crew& crew = CrewOf(*node.feed);
  if (crew.canary.Given(node.data_plane->node_id, parts_.clock.Uptime())) crew.tried = given;
  node.announced_at = parts_.clock.Uptime();
  if (++node.failures == kFailuresBeforeTrouble) {
    Stuck(node,
          "it keeps asking for what it was given, so it cannot apply it: see its log, and "
          "run it with KONG_CLUSTER_INCREMENTAL_SYNC=off");
  }
  socket.Send(std::move(message));
  io::Debug("deltas sent", {{"data_plane", node.data_plane->name()},
                            {"deltas", batch.deltas},
                            {"bytes", batch.block.size()},
                            {"full", batch.full}});
}

void DeltaFleet::Stuck(Node& node, std::string trouble) {
  node.data_plane->status = SyncStatus::kRejected;
  const std::string& id = node.data_plane->node_id;
  if (CrewOf(*node.feed).canary.Failed(id, parts_.clock.Uptime())) Stopped(id);
  if (node.data_plane->trouble == trouble) return;
  node.data_plane->trouble = std::move(trouble);
  io::Warning("a data plane stays behind",
              {{"data_plane", node.data_plane->name()}, {"reason", node.data_plane->trouble}});
}

void DeltaFleet::Rejected(DeltaSocket& socket, uint64_t version, const std::string& text) {
  Node& node = *sockets_.at(&socket).node;
  if (version == node.offered) node.offered = 0;
  node.failures = std::max(node.failures, kFailuresBeforeWipe);
  Stuck(node, Cat("it refuses what it was given: ", text));
}

void DeltaFleet::Published(engine::Version version) {
  newest_ = std::max(newest_, version);
  for (auto& [key, feed] : feeds_) feed->Published(newest_);
  HoldFeeds();
  std::set<std::pair<DeltaFeed*, uint64_t>> places;
  for (auto& [id, node] : nodes_) {
    if (node.sighted && !Waits(node)) places.emplace(node.feed, node.has);
  }
  for (const auto& [feed, has] : places) Prepare(*feed, has);
}

// Who is connected may still ask from where it is.
void DeltaFleet::HoldFeeds() {
  std::map<DeltaFeed*, engine::Version> oldest;
  for (const auto& [id, node] : nodes_) {
    const engine::Version covers = node.feed->Covers(node.has);
    if (covers == 0) continue;
    auto [at, fresh] = oldest.try_emplace(node.feed, covers);
    at->second = std::min(at->second, covers);
  }
  for (const auto& [feed, version] : oldest) feed->Hold(version);
}

// It comes by itself, and gets everything since.
bool DeltaFleet::Waits(const Node& node) const {
  const bool told = node.announced != 0 || node.offered != 0;
  return told && parts_.clock.Uptime() - node.announced_at < kPatience;
}

void DeltaFleet::Prepare(DeltaFeed& feed, uint64_t has) {
  feed.Lack(has, [this, &feed, has](const Batch& batch) {
    if (batch) Prepared(feed, has, batch);
  });
}

void DeltaFleet::Prepared(DeltaFeed& feed, uint64_t has, const Batch& batch) {
  for (auto& [id, node] : nodes_) {
    if (node.feed != &feed || !node.sighted || node.has != has || Waits(node)) continue;
    if (batch->nothing()) {
      parts_.table.Acknowledge(*node.data_plane, batch->to);
      Took(node, batch->to);
      continue;
    }
    const Batch given = Admitted(node, false, batch);
    if (!given) continue;
    node.announced = given->version;
    node.announced_at = parts_.clock.Uptime();
    node.sockets.front()->Notify(given->version, feed.spelling());
  }
}

}  // namespace kong
