// All data planes that take deltas: who has what, who is told what.
//
// A change is announced, and a data plane comes for it; in coming it says what it has, and when it
// has applied what it got it comes again, which is the acknowledgement. So nothing is sent to who
// is not ready for it: a data plane that was told and did not come yet is not told again for a
// while, and gets everything since at once when it comes. Data planes at one version share one
// encoding (delta_feed.h).
//
// What is risky is first told to one data plane of a class (canary.h); the others, if they come
// meanwhile, are told that there is nothing, or get what was tried last if that continues what they
// have.
//
// One that keeps coming for the same batch cannot apply it; it is given everything, and if that
// does not help either, the log and the list of data planes say so. Loop thread only. Cost of a
// change: one encoding and one look at each data plane.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kong/hybrid/canary.h"
#include "kong/hybrid/data_plane.h"
#include "kong/hybrid/delta_feed.h"
#include "kong/hybrid/delta_socket.h"

namespace kong {

struct DeltaFleetCosts {
  uint64_t encodings = 0, messages = 0, bytes = 0;  // Of answers with deltas.
};

class DeltaFleet final : private DeltaSocketListener {
 public:
  struct Parts {
    io::Clock& clock;
    PatchSource& source;
    const SchemaTable& schemas;
    DataPlaneTable& table;
    bool expressions = false;
    std::function<void(std::vector<RefusedEntity>)> refused;
    uint64_t versions_ahead = 0;  // Of VersionLine.
    CanaryTimes canary = {};
  };
  explicit DeltaFleet(Parts parts);
  ~DeltaFleet() override;

  void Add(std::string address, std::unique_ptr<io::WebSocket> socket);
  void Published(engine::Version version);
  void CloseAll(const std::string& reason);
  size_t sockets() const { return sockets_.size(); }
  DeltaFleetCosts costs() const;

 private:
  using Batch = std::shared_ptr<const DeltaBatch>;
  struct Node {
    DataPlane* data_plane = nullptr;
    DeltaFeed* feed = nullptr;
    std::vector<DeltaSocket*> sockets;
    uint64_t max_payload_bytes = 0;
    uint64_t has = 0;        // What it said last.
    uint64_t offered = 0;    // What it was given and did not say to have yet.
    uint64_t announced = 0;  // What it was told of and did not come for yet.
    absl::Duration announced_at;
    int failures = 0;  // How often it came for the same.
    bool sighted = false;
  };
  // The data planes of a feed.
  struct Crew {
    Canary canary;
    std::shared_ptr<const DeltaBatch> tried, proven;  // By the canary.
  };
  struct Peer {
    std::unique_ptr<DeltaSocket> socket;
    std::string address;
    uint64_t serial = 0;   // Addresses are used again.
    Node* node = nullptr;  // Null before the hello.
  };
  absl::Status Introduced(DeltaSocket& socket, const RpcMessage& hello) override;
  void Asked(DeltaSocket& socket, uint64_t version, const std::string& id) override;
  void Rejected(DeltaSocket& socket, uint64_t version, const std::string& text) override;
  void Alive(DeltaSocket& socket) override;
  void Closed(DeltaSocket& socket, const absl::Status& status) override;

  DeltaFeed& FeedOf(const GatewayIdentity& identity);
  uint64_t Sees(Node& node, uint64_t version);
  void Answer(DeltaSocket& socket, const std::string& id, const Batch& given);
  Crew& CrewOf(DeltaFeed& feed);
  void Join(Node& node, DeltaFeed& feed);
  void Leave(Node& node);
  Batch Admitted(const Node& node, bool asked, const Batch& batch);
  void Took(const Node& node, engine::Version covers);
  void Stopped(const std::string& canary);
  void ResumeSoon(DeltaFeed& feed);
  void Resume(DeltaFeed& feed);
  void Watch();
  void HoldFeeds();
  void Greet();
  void Prepare(DeltaFeed& feed, uint64_t has);
  void Prepared(DeltaFeed& feed, uint64_t has, const Batch& batch);
  bool Waits(const Node& node) const;
  void Stuck(Node& node, std::string trouble);

  Parts parts_;
  StampSource stamps_;
  VersionLine line_;  // After parts_.
  engine::Version newest_ = 0;
  std::map<std::pair<Needs, VersionSpelling>, std::unique_ptr<DeltaFeed>> feeds_;
  std::map<std::string, Node> nodes_;
  std::map<const DeltaSocket*, Peer> sockets_;
  std::vector<std::unique_ptr<DeltaSocket>> ended_;  // For a moment.
  io::Timer greeting_;  // Set while somebody who came is to be greeted.
  io::Timer sweep_;
  std::map<DeltaFeed*, Crew> crews_;
  std::set<DeltaFeed*> resumed_;
  io::Timer resume_, watch_;
  bool closing_ = false;
  uint64_t next_serial_ = 0;
  DeltaFleetCosts costs_;
};

}  // namespace kong
