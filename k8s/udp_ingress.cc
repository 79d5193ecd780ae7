#include "k8s/udp_ingress.h"

#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadSpec(JsonValue& json, UdpIngress& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "rules") return Read(member, out.rules);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<UdpIngress>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
