#include "k8s/kong_service_facade.h"

#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadBackend(JsonValue& json, KongServiceFacade& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "name") return Read(member, out.service);
    if (name == "port") return ReadPort(member, out.port);
    return absl::OkStatus();
  });
}

static absl::Status ReadSpec(JsonValue& json, KongServiceFacade& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    return name == "backendRef" ? ReadBackend(member, out) : absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongServiceFacade>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
