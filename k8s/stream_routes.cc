#include "k8s/stream_routes.h"

#include "k8s/listener_reader.h"
#include "k8s/route_readers.h"
#include "k8s/row_readers.h"

namespace k8s {

static absl::Status Read(JsonValue& json, StreamRouteRule& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "name") return Read(member, out.name);
    if (name == "backendRefs") return Read(member, out.backends);
    return absl::OkStatus();
  });
}

static absl::Status ReadSpecOf(JsonValue& json, StreamRoute& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "parentRefs") return Read(member, out.parents);
    if (name == "hostnames") return Read(member, out.hostnames);
    if (name == "rules") return Read(member, out.rules);
    return absl::OkStatus();
  });
}

template <class R>
static absl::Status ReadSpec(JsonValue& json, R& out) {
  return ReadSpecOf(json, out);
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<TcpRoute>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec<TcpRoute>);
}
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<UdpRoute>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec<UdpRoute>);
}
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<TlsRoute>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec<TlsRoute>);
}

}  // namespace k8s
