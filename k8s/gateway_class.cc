#include "k8s/gateway_class.h"

#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadSpec(JsonValue& json, GatewayClass& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    return name == "controllerName" ? Read(member, out.controller) : absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<GatewayClass>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
