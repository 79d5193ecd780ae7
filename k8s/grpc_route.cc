#include "k8s/grpc_route.h"

#include "engine/status_macros.h"
#include "k8s/listener_reader.h"
#include "k8s/route_readers.h"
#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadMethod(JsonValue& json, GrpcMatch& out) {
  ASSIGN_OR_RETURN(const bool null, IsNull(json));
  out.has_method = !null;
  if (null) return absl::OkStatus();
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) -> absl::Status {
    if (name == "service") return Read(member, out.service);
    if (name == "method") return Read(member, out.method);
    if (name != "type") return absl::OkStatus();
    std::optional<std::string_view> text;
    RETURN_IF_ERROR(ReadText(member, text));
    if (!text) return absl::OkStatus();
    out.regex = *text == "RegularExpression";
    out.unknown_type = out.regex || *text == "Exact" ? "" : std::string(*text);
    return absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, GrpcMatch& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "method") return ReadMethod(member, out);
    if (name == "headers") return Read(member, out.headers);
    return absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, GrpcRule& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "name") return Read(member, out.name);
    if (name == "matches") return Read(member, out.matches);
    if (name == "filters") return Read(member, out.filters);
    if (name == "backendRefs") return Read(member, out.backends);
    return absl::OkStatus();
  });
}

static absl::Status ReadSpec(JsonValue& json, GrpcRoute& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "parentRefs") return Read(member, out.parents);
    if (name == "hostnames") return Read(member, out.hostnames);
    if (name == "rules") return Read(member, out.rules);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<GrpcRoute>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
