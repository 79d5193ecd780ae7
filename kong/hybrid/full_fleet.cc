#include "kong/hybrid/full_fleet.h"

#include <utility>

#include "engine/text.h"
#include "io/log.h"

namespace kong {
namespace {

using engine::Cat;

constexpr absl::Duration kIntroductionMax = absl::Seconds(5);
constexpr absl::Duration kSilenceMax = absl::Seconds(45);
constexpr absl::Duration kLook = absl::Seconds(15);
constexpr absl::Duration kApplyMax = absl::Seconds(60);
constexpr int kPingsToRefuse = 2;
constexpr absl::Duration kFarewell = absl::Seconds(1);
constexpr size_t kMessageMax = 1 << 20;  // An introduction has 15 kB.
constexpr size_t kReasonMax = 120;       // Of a close frame.
constexpr size_t kHashSize = 32;
constexpr uint16_t kPolicy = 1008;
constexpr size_t kTold = 20;

}  // namespace

FullFleet::FullFleet(Parts parts) : parts_(std::move(parts)) {}
FullFleet::~FullFleet() = default;

void FullFleet::Add(Caller caller, std::unique_ptr<io::WebSocket> socket) {
  const uint64_t id = next_++;
  Peer& peer = peers_[id];
  peer.caller = std::move(caller);
  peer.socket = std::move(socket);
  peer.heard = parts_.clock.Uptime();
  peer.timer = parts_.clock.After(kIntroductionMax,
                                  [this, id] { Cut(id, "it did not say who it is within 5 s"); });
  peer.socket->Listen(
      {.message = [this, id](std::string_view message, bool) { OnMessage(id, message); },
       .ping = [this, id](std::string_view hash) { OnPing(id, hash); },
       .pong = [](std::string_view) {},
       .closed = [this, id](absl::Status status) { Remove(id, status); }});
}

void FullFleet::Cut(uint64_t id, const std::string& reason) {
  auto found = peers_.find(id);
  if (found == peers_.end()) return;
  found->second.socket->Close(kPolicy, reason.substr(0, kReasonMax));
  Remove(id, absl::FailedPreconditionError(engine::ToAbsl(reason)));
}

void FullFleet::CloseAll(const std::string& reason) {
  while (!peers_.empty()) Cut(peers_.begin()->first, reason);
}

void FullFleet::Remove(uint64_t id, const absl::Status& status) {
  auto found = peers_.find(id);
  if (found == peers_.end()) return;
  Peer& peer = found->second;
  if (peer.data_plane) parts_.table.Disconnected(*peer.data_plane);
  io::Info("data plane disconnected",
           {{"data_plane", peer.caller.hostname + "/" + peer.caller.node_id}, {"reason", status}});
  ended_.push_back(std::move(peer.socket));
  peers_.erase(found);
  sweep_ = parts_.clock.After(kFarewell, [this] { ended_.clear(); });
}

void FullFleet::Watch(uint64_t id) {
  Peer& peer = peers_.at(id);
  if (parts_.clock.Uptime() - peer.heard >= kSilenceMax) {
    return Cut(id, "no sign of life for 45 s");
  }
  peer.timer = parts_.clock.After(kLook, [this, id] { Watch(id); });
}

void FullFleet::OnMessage(uint64_t id, std::string_view text) {
  auto found = peers_.find(id);
  if (found == peers_.end()) return;
  Peer& peer = found->second;
  peer.heard = parts_.clock.Uptime();
  if (text.size() > kMessageMax) return Cut(id, "the message is too long");
  absl::StatusOr<DataPlaneMessage> message = ReadDataPlaneMessage(text);
  if (!message.ok()) return Cut(id, std::string(engine::MessageOf(message.status())));
  if (peer.data_plane) {
    if (message->kind == DataPlaneMessage::Kind::kError) OnError(peer, *message);
    return;
  }
  if (message->kind != DataPlaneMessage::Kind::kBasic) {
    return Cut(id, "the first message must be basic_info");
  }
  absl::Status fit = Introduce(peer, *message);
  if (!fit.ok()) return Cut(id, std::string(engine::MessageOf(fit)));
  peer.timer = parts_.clock.After(kLook, [this, id] { Watch(id); });
  Build(peer.offers);
}

absl::Status FullFleet::Introduce(Peer& peer, const DataPlaneMessage& message) {
  GatewayIdentity identity = peer.caller.identity;
  identity.router_flavor = message.router_flavor;
  identity.database = "off";
  DataPlane& data_plane = parts_.table.Of(peer.caller.node_id);
  data_plane.identity = identity;
  data_plane.hostname = peer.caller.hostname;
  data_plane.address = peer.caller.address;
  data_plane.protocol = "v1";
  data_plane.capabilities.clear();
  data_plane.labels = message.labels;
  data_plane.seen = parts_.clock.Now();
  if (absl::Status fit = CheckDataPlane(identity, parts_.expressions); !fit.ok()) {
    data_plane.status = SyncStatus::kVersionIncompatible;
    data_plane.trouble = engine::MessageOf(fit);
    io::Warning("a data plane cannot be configured",
                {{"data_plane", data_plane.name()}, {"error", fit}});
    return fit;
  }
  parts_.table.Connected(data_plane);
  peer.data_plane = &data_plane;
  peer.offers = identity.offers();
  peer.plugins = message.plugins;
  peer.max_payload_bytes = message.max_payload_bytes;
  io::Info("data plane connected",
           {{"data_plane", data_plane.name()}, {"protocol", "v1"}, {"version", identity.version}});
  return absl::OkStatus();
}

void FullFleet::OnPing(uint64_t id, std::string_view hash) {
  auto found = peers_.find(id);
  if (found == peers_.end()) return;
  Peer& peer = found->second;
  peer.heard = parts_.clock.Uptime();
  peer.socket->Pong("");
  if (hash.size() != kHashSize) return;
  peer.has = hash;
  ++peer.pings;
  if (!peer.data_plane) return;
  peer.data_plane->seen = parts_.clock.Now();
  peer.data_plane->config_hash = peer.has;
  if (peer.sent && peer.sent->payload->hash == peer.has) {
    const engine::Version version = peer.sent->payload->version;
    peer.sent.reset();
    peer.refused.clear();
    parts_.table.Acknowledge(*peer.data_plane, version);
    Offer(peer);
  } else if (peer.sent && peer.pings >= kPingsToRefuse &&
             parts_.clock.Uptime() - peer.sent_at >= kApplyMax) {
    peer.refused = peer.sent->payload->hash;
    peer.sent.reset();
    Trouble(peer, SyncStatus::kRejected,
            "it does not take the configuration that it was sent: its log says why");
    Offer(peer);
  } else if (!peer.sent) {
    Offer(peer);
  }
}

void FullFleet::OnError(Peer& peer, const DataPlaneMessage& message) {
  if (!peer.sent || peer.sent->payload->hash != message.config_hash) return;
  std::shared_ptr<const FullPush> sent = std::exchange(peer.sent, nullptr);
  peer.refused = message.config_hash;
  Trouble(peer, SyncStatus::kRejected, Cat("it refuses the configuration: ", message.text));
  std::vector<RefusedEntity> rows = RefusedBy(*sent->payload, message.error);
  for (size_t n = 0; n < std::min(rows.size(), kTold); ++n) {
    io::Warning("the data plane refuses an entity; its object is left out",
                {{"object", rows[n].object.text()},
                 {"entity", EntityKey{rows[n].entity_kind, rows[n].entity_id}.text()},
                 {"reason", rows[n].message}});
  }
  if (!rows.empty()) parts_.refused(std::move(rows));
}

void FullFleet::Published(engine::Version version) {
  newest_ = std::max(newest_, version);
  for (const auto& [id, peer] : peers_) {
    if (peer.data_plane) Build(peer.offers);
  }
}

void FullFleet::Build(Needs offers) {
  Class& of = classes_[offers];
  if (of.building) return;
  of.building = true;
  parts_.source.Build(offers, [this, offers, alive = std::weak_ptr<bool>(alive_)](
                                  std::shared_ptr<const Payload> payload) {
    if (!alive.expired()) Built(offers, std::move(payload));
  });
}

void FullFleet::Built(Needs offers, std::shared_ptr<const Payload> payload) {
  Class& of = classes_[offers];
  of.building = false;
  const bool old = payload->version < newest_;
  if (!of.newest || of.newest->payload->hash != payload->hash) {
    of.newest = MakeFullPush(std::move(payload), parts_.clock.Now());
    ++costs_.encodings;
  } else if (of.newest->payload != payload) {
    auto same = std::make_shared<FullPush>(*of.newest);  // Of a later version.
    same->payload = std::move(payload);
    of.newest = std::move(same);
  }
  for (auto& [id, peer] : peers_) {
    if (peer.data_plane && peer.offers == offers) Offer(peer);
  }
  if (old) Build(offers);
}

absl::Status FullFleet::Gate(const Peer& peer, const FullPush& push) const {
  for (const std::string& plugin : push.plugins) {
    if (!peer.plugins.contains(plugin)) {
      return engine::NotFound("it has not the plugin \"", plugin,
                              "\", and would refuse everything: add it to its KONG_PLUGINS");
    }
  }
  return absl::OkStatus();
}

void FullFleet::Offer(Peer& peer) {
  const std::shared_ptr<const FullPush>& push = classes_[peer.offers].newest;
  if (!push || peer.sent) return;
  const Payload& payload = *push->payload;
  if (payload.hash == peer.has) return parts_.table.Acknowledge(*peer.data_plane, payload.version);
  if (payload.hash == peer.refused) return;
  if (absl::Status gate = Gate(peer, *push); !gate.ok()) {
    return Trouble(peer, SyncStatus::kPluginSetIncompatible, std::string(engine::MessageOf(gate)));
  }
  if (peer.max_payload_bytes != 0 && push->frame->size() > peer.max_payload_bytes) {
    return Trouble(peer, SyncStatus::kRejected,
                   Cat("its cluster_max_payload is ", peer.max_payload_bytes,
                       " bytes, and the configuration has ", push->frame->size(),
                       ": raise KONG_CLUSTER_MAX_PAYLOAD"));
  }
  peer.sent = push;
  peer.sent_at = parts_.clock.Uptime();
  peer.pings = 0;
  ++costs_.messages;
  costs_.bytes += push->frame->size();
  peer.socket->Send(push->frame, /*binary=*/true);
  io::Debug("configuration sent",
            {{"data_plane", peer.data_plane->name()}, {"bytes", push->frame->size()}});
}

void FullFleet::Trouble(Peer& peer, SyncStatus status, std::string trouble) {
  peer.data_plane->status = status;
  if (peer.data_plane->trouble == trouble) return;
  peer.data_plane->trouble = std::move(trouble);
  io::Warning("a data plane stays behind",
              {{"data_plane", peer.data_plane->name()}, {"reason", peer.data_plane->trouble}});
}

}  // namespace kong
