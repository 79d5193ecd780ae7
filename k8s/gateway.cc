#include "k8s/gateway.h"

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
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
