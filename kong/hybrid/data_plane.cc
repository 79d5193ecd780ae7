#include "kong/hybrid/data_plane.h"

#include "engine/text.h"
#include "io/json_writer.h"

namespace kong {

std::string_view NameOf(SyncStatus status) {
  switch (status) {
    case SyncStatus::kUnknown:
      return "unknown";
    case SyncStatus::kNormal:
      return "normal";
    case SyncStatus::kVersionIncompatible:
      return "kong_version_incompatible";
    case SyncStatus::kPluginSetIncompatible:
      return "plugin_set_incompatible";
    case SyncStatus::kRejected:
      return "configuration_rejected";
  }
  return "unknown";
}

DataPlane& DataPlaneTable::Of(const std::string& node_id) {
  DataPlane& data_plane = all_[node_id];
  data_plane.node_id = node_id;
  return data_plane;
}

void DataPlaneTable::Acknowledge(DataPlane& data_plane, engine::Version version) {
  data_plane.status = SyncStatus::kNormal;
  data_plane.trouble.clear();
  if (version == data_plane.acknowledged) return;
  data_plane.acknowledged = version;
  acknowledged_(data_plane, version);
}

void DataPlaneTable::Disconnected(DataPlane& data_plane) {
  if (--data_plane.sockets == 0 && left_) left_(data_plane);
}

void DataPlaneTable::Forget(absl::Time unseen_since) {
  std::erase_if(all_, [&](const auto& each) {
    return each.second.sockets == 0 && each.second.seen < unseen_since;
  });
}

absl::Status CheckDataPlane(const GatewayIdentity& identity, bool expressions) {
  absl::Status fit = CheckFit(identity);
  if (!fit.ok()) return fit;
  if (identity.expressions() == expressions) return absl::OkStatus();
  return absl::FailedPreconditionError(engine::ToAbsl(engine::Cat(
      "the data plane's router_flavor is ", identity.router_flavor, ", but routes are made for ",
      expressions ? "expressions" : "traditional_compatible",
      ": all gateways and data planes must have the same flavor")));
}

std::string DescribeDataPlanes(const DataPlaneTable& table) {
  std::string out;
  io::JsonWriter json(out);
  json.BeginObject().Key("data").BeginArray();
  for (const auto& [id, each] : table.all()) {
    json.BeginObject()
        .Member("config_hash", each.config_hash)
        .Member("hostname", each.hostname)
        .Member("id", id)
        .Member("ip", each.address)
        .Key("labels")
        .BeginObject();
    for (const auto& [name, value] : each.labels) json.Member(name, value);
    json.EndObject()
        .Member("last_seen", absl::ToUnixSeconds(each.seen))
        .Member("rpc_capabilities", each.capabilities)
        .Member("sync_status", NameOf(each.status))
        .Member("version", each.identity.version);
    if (!each.trouble.empty()) json.Member("kdelta_trouble", each.trouble);
    json.Member("kdelta_connections", each.sockets)
        .Member("kdelta_protocol", each.protocol)
        .EndObject();
  }
  json.EndArray().Key("next").Null().EndObject();
  return out;
}

}  // namespace kong
