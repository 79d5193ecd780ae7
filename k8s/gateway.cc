#include "k8s/gateway.h"

#include "engine/status_macros.h"
#include "k8s/listener_reader.h"
#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadAllowedListeners(JsonValue& json, AllowedNamespaces& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    return name == "namespaces" ? Read(member, out) : absl::OkStatus();
  });
}

static absl::Status ReadSpec(JsonValue& json, Gateway& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "gatewayClassName") return Read(member, out.class_name);
    if (name == "listeners") return Read(member, out.listeners);
    if (name == "allowedListeners") return ReadAllowedListeners(member, out.listener_sets);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<Gateway>& out) {
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
