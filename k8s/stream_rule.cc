#include "k8s/stream_rule.h"

#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadBackend(JsonValue& json, StreamRule& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "serviceName") return Read(member, out.service);
    if (name == "servicePort") return ReadPort(member, out.service_port);
    return absl::OkStatus();
  });
}

absl::Status Read(JsonValue& json, StreamRule& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "host") return Read(member, out.host);
    if (name == "port") return ReadPort(member, out.port);
    if (name == "backend") return ReadBackend(member, out);
    return absl::OkStatus();
  });
}

}  // namespace k8s
