#include "k8s/gateway_class.h"

#include "engine/status_macros.h"
#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadSpec(JsonValue& json, GatewayClass& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    return name == "controllerName" ? Read(member, out.controller) : absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<GatewayClass>& out) {
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
