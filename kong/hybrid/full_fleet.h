// All data planes of Kong's first hybrid protocol: each gets the whole configuration, at its pace.
//
// A data plane says who it is, pings with the hash of what it has, and gets the payload of its
// class if that is another. Until it shows the hash of what it was sent, or a minute has passed, it
// gets nothing more; so it is never sent what it would throw away. What is refused shows only in
// pings that keep the old hash (Kong says no more unless a plugin makes it): after a minute and two
// pings the data plane is said to refuse, and the next change is offered to it again.
//
// A payload that uses a plugin which a data plane has not is held back from it: it would refuse it
// all. Loop thread only. Cost of a change: one encoding and compression a class.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "io/clock.h"
#include "io/websocket.h"
#include "kong/delivery.h"
#include "kong/hybrid/data_plane.h"
#include "kong/hybrid/full_push.h"

namespace kong {

struct FullFleetCosts {
  uint64_t encodings = 0, messages = 0, bytes = 0;
};

class FullFleet {
 public:
  struct Parts {
    io::Clock& clock;
    PayloadSource& source;
    DataPlaneTable& table;
    bool expressions = false;
    std::function<void(std::vector<RefusedEntity>)> refused;
  };
  explicit FullFleet(Parts parts);
  ~FullFleet();

  struct Caller {
    std::string address, node_id, hostname;
    GatewayIdentity identity;  // Without the flavour.
  };
  void Add(Caller caller, std::unique_ptr<io::WebSocket> socket);
  void Published(engine::Version version);
  void CloseAll(const std::string& reason);
  size_t sockets() const { return peers_.size(); }
  const FullFleetCosts& costs() const { return costs_; }

 private:
  struct Peer {
    Caller caller;
    std::unique_ptr<io::WebSocket> socket;
    DataPlane* data_plane = nullptr;  // Null before it said who it is.
    Needs offers = 0;
    std::set<std::string> plugins;
    uint64_t max_payload_bytes = 0;
    std::string has;                       // The hash of its last ping.
    std::shared_ptr<const FullPush> sent;  // And not acknowledged.
    std::string refused;                   // The hash of what it does not take.
    absl::Duration sent_at, heard;
    int pings = 0;  // Since it was sent something.
    io::Timer timer;
  };
  struct Class {
    bool building = false;
    std::shared_ptr<const FullPush> newest;
  };
  void OnMessage(uint64_t id, std::string_view message);
  absl::Status Introduce(Peer& peer, const DataPlaneMessage& message);
  void OnError(Peer& peer, const DataPlaneMessage& message);
  void OnPing(uint64_t id, std::string_view hash);
  void Watch(uint64_t id);
  void Cut(uint64_t id, const std::string& reason);
  void Remove(uint64_t id, const absl::Status& status);
  void Build(Needs offers);
  void Built(Needs offers, std::shared_ptr<const Payload> payload);
  void Offer(Peer& peer);
  absl::Status Gate(const Peer& peer, const FullPush& push) const;
  void Trouble(Peer& peer, SyncStatus status, std::string trouble);

  Parts parts_;
  engine::Version newest_ = 0;
  uint64_t next_ = 0;
  std::map<uint64_t, Peer> peers_;
  std::map<Needs, Class> classes_;
  std::vector<std::unique_ptr<io::WebSocket>> ended_;  // For a moment.
  io::Timer sweep_;
  FullFleetCosts costs_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kong
