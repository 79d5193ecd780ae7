// A Kong in the role of a data plane, as its control plane knows it.
//
// Known by its node id, which it makes anew when it restarts without its files; it may have several
// sockets at a time, and none. Sync states are those of Kong's own control plane. Loop thread only.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "engine/table.h"
#include "kong/gateway_identity.h"

namespace kong {

enum class SyncStatus {
  kUnknown,
  kNormal,
  kVersionIncompatible,
  kPluginSetIncompatible,
  kRejected,  // Not one of Kong's: what we offered was not taken.
};
std::string_view NameOf(SyncStatus status);

struct DataPlane {
  std::string node_id, hostname, address;  // Of the last socket, without a port.
  GatewayIdentity identity;
  std::string_view protocol;  // "v1" or "v2"
  std::vector<std::string> capabilities;
  std::map<std::string, std::string> labels;
  SyncStatus status = SyncStatus::kUnknown;
  std::string trouble;      // Why it does not get what there is, with the remedy; empty: it does.
  std::string config_hash;  // As its /status shows it.
  absl::Time seen;
  size_t sockets = 0;
  engine::Version acknowledged = 0;
  std::string name() const { return hostname.empty() ? node_id : hostname + "/" + node_id; }
};

// All that were seen of late.
class DataPlaneTable {
 public:
  using Acknowledged = std::function<void(const DataPlane&, engine::Version)>;
  using Left = std::function<void(const DataPlane&)>;  // Its last socket is gone.
  explicit DataPlaneTable(Acknowledged acknowledged, Left left = {})
      : acknowledged_(std::move(acknowledged)), left_(std::move(left)) {}

  DataPlane& Of(const std::string& node_id);
  // It has everything up to this version.
  void Acknowledge(DataPlane& data_plane, engine::Version version);
  void Connected(DataPlane& data_plane) { ++data_plane.sockets; }
  void Disconnected(DataPlane& data_plane);
  void Forget(absl::Time unseen_since);  // Those without a socket.
  const std::map<std::string, DataPlane>& all() const { return all_; }

 private:
  Acknowledged acknowledged_;
  Left left_;
  std::map<std::string, DataPlane> all_;
};

// Why this data plane cannot be configured with routes of this flavour; OK if it can.
absl::Status CheckDataPlane(const GatewayIdentity& identity, bool expressions);

// GET /clustering/data-planes, in Kong's words.
std::string DescribeDataPlanes(const DataPlaneTable& table);

}  // namespace kong
