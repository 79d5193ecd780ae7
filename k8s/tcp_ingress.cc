#include "k8s/tcp_ingress.h"

#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadSpec(JsonValue& json, TcpIngress& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "rules") return Read(member, out.rules);
    if (name == "tls") return Read(member, out.tls);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<TcpIngress>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
