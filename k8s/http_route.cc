#include "k8s/http_route.h"

#include "engine/status_macros.h"
#include "k8s/listener_reader.h"
#include "k8s/route_readers.h"
#include "k8s/row_readers.h"

namespace k8s {

static absl::Status Read(JsonValue& json, HttpPathType& out) {
  std::optional<std::string_view> text;
  RETURN_IF_ERROR(ReadText(json, text));
  if (!text) return absl::OkStatus();
  out = *text == "PathPrefix"          ? HttpPathType::kPrefix
        : *text == "Exact"             ? HttpPathType::kExact
        : *text == "RegularExpression" ? HttpPathType::kRegex
                                       : HttpPathType::kOther;
  return absl::OkStatus();
}

static absl::Status ReadPath(JsonValue& json, HttpMatch& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "type") return Read(member, out.path_type);
    if (name == "value") return Read(member, out.path);
    return absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, HttpMatch& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "path") return ReadPath(member, out);
    if (name == "method") return Read(member, out.method);
    if (name == "headers") return Read(member, out.headers);
    if (name == "queryParams") return Read(member, out.queries);
    return absl::OkStatus();
  });
}

static absl::Status ReadTimeouts(JsonValue& json, HttpRule& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "request") return Read(member, out.request_timeout);
    if (name == "backendRequest") return Read(member, out.backend_timeout);
    return absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, HttpRule& out) {
  RETURN_IF_ERROR(ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "name") return Read(member, out.name);
    if (name == "matches") return Read(member, out.matches);
    if (name == "filters") return Read(member, out.filters);
    if (name == "backendRefs") return Read(member, out.backends);
    if (name == "timeouts") return ReadTimeouts(member, out);
    return absl::OkStatus();
  }));
  return absl::OkStatus();
}

static absl::Status ReadSpec(JsonValue& json, HttpRoute& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "parentRefs") return Read(member, out.parents);
    if (name == "hostnames") return Read(member, out.hostnames);
    if (name == "rules") return Read(member, out.rules);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<HttpRoute>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
