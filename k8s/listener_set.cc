#include "k8s/listener_set.h"

#include "engine/status_macros.h"
#include "k8s/listener_reader.h"
#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadSpec(JsonValue& json, ListenerSet& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "parentRef") return Read(member, out.parent);
    if (name == "listeners") return Read(member, out.listeners);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<ListenerSet>& out) {
  MetaExtras extras;
  RETURN_IF_ERROR(ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "metadata") return ReadMeta(member, options, out.row.meta, extras);
    if (name == "spec") return ReadSpec(member, out.row);
    return absl::OkStatus();
  }));
  out.resource_version = std::move(extras.resource_version);
  return absl::OkStatus();
}

}  // namespace k8s
