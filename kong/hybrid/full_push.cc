#include "kong/hybrid/full_push.h"

#include <utility>

#include "engine/text.h"
#include "io/gzip.h"
#include "io/json_writer.h"
#include "kong/json_tree.h"
#include "kong/refusal.h"

namespace kong {
namespace {

using engine::InvalidArgument;

constexpr int kDepthMax = 50;
// The least effort: a change must not wait for a smaller message, and the network is the cluster's.
constexpr int kGzipLevel = 1;

std::string HashOf(const Payload& payload, EntityKind kind) {
  const PayloadSection& section = payload.sections[static_cast<size_t>(kind)];
  if (!section.parts || section.parts->parts.empty()) return std::string(kZeroHash);
  const Part& last = section.parts->parts.back();
  Md5 digest;
  digest.Add(std::string_view(*payload.body).substr(section.offset, last.offset + last.size));
  return digest.Hex();
}

std::set<std::string> PluginsOf(const Payload& payload) {
  std::set<std::string> names;
  const size_t count = payload.count(EntityKind::kPlugin);
  for (size_t index = 0; index < count; ++index) {
    std::optional<Json> plugin = ParseJson(payload.Fragment({EntityKind::kPlugin, index}));
    if (plugin) names.emplace(TextAt(*plugin, "name"));
  }
  return names;
}

}  // namespace

std::string ReconfigureMessage(const Payload& payload, absl::Time now) {
  std::string out;
  out.reserve(payload.bytes() + 512);
  io::JsonWriter json(out);
  json.BeginObject()
      .Member("config_hash", payload.hash)
      .Key("config_table")
      .Raw(*payload.body)
      .Key("hashes")
      .BeginObject()
      .Member("config", payload.hash);
  for (EntityKind kind : {EntityKind::kPlugin, EntityKind::kRoute, EntityKind::kService,
                          EntityKind::kTarget, EntityKind::kUpstream}) {
    json.Member(ArrayName(kind), HashOf(payload, kind));
  }
  json.EndObject()
      .Key("timestamp")
      .Double(static_cast<double>(absl::ToUnixMillis(now)) / 1000)
      .Member("type", "reconfigure")
      .EndObject();
  return out;
}

std::shared_ptr<const FullPush> MakeFullPush(std::shared_ptr<const Payload> payload,
                                             absl::Time now) {
  auto push = std::make_shared<FullPush>();
  push->frame =
      std::make_shared<const std::string>(io::Gzip(ReconfigureMessage(*payload, now), kGzipLevel));
  push->plugins = PluginsOf(*payload);
  push->payload = std::move(payload);
  return push;
}

absl::StatusOr<DataPlaneMessage> ReadDataPlaneMessage(std::string_view json) {
  std::optional<Json> tree = ParseJson(json, kDepthMax);
  if (!tree || !tree->is_object()) return InvalidArgument("the message is no JSON object");
  DataPlaneMessage message;
  const std::string_view type = TextAt(*tree, "type");
  if (type == "basic_info") {
    message.kind = DataPlaneMessage::Kind::kBasic;
    const Json& plugins = At(*tree, "plugins");
    if (!plugins.is_array()) return InvalidArgument("the data plane lists no plugins");
    for (const Json& plugin : plugins) message.plugins.emplace(TextAt(plugin, "name"));
    message.router_flavor = AtPath(*tree, "process_conf.router_flavor").is_string()
                                ? std::string(Text(AtPath(*tree, "process_conf.router_flavor")))
                                : "";
    const Json& limit = AtPath(*tree, "process_conf.cluster_max_payload");
    if (limit.is_number_unsigned()) message.max_payload_bytes = limit.get<uint64_t>();
    if (const Json& labels = At(*tree, "labels"); labels.is_object()) {
      for (const auto& [name, value] : labels.items()) message.labels[name] = Text(value);
    }
  } else if (type == "error") {
    message.kind = DataPlaneMessage::Kind::kError;
    const Json& error = At(*tree, "error");
    message.config_hash = TextAt(error, "config_hash");
    message.text = TextAt(error, "message");
    message.error = DumpJson(error);
  }
  return message;
}

std::vector<RefusedEntity> RefusedBy(const Payload& payload, std::string_view error) {
  std::vector<RefusedEntity> rows;
  for (const Culprit& culprit : ReadRefusal(payload, 400, error).culprits) {
    const Part& part = payload.part(culprit.part);
    RefusedEntity row{.offers = payload.offers,
                      .entity_kind = culprit.part.kind,
                      .entity_id = part.id,
                      .fingerprint = part.fingerprint,
                      .message = culprit.message};
    std::span<const ObjectRef> origins = payload.Origins(culprit.part);
    if (origins.empty()) rows.push_back(row);
    for (const ObjectRef& origin : origins) row.object = origin, rows.push_back(row);
  }
  return rows;
}

}  // namespace kong
