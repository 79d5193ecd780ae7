#include "k8s/kong_upstream_policy.h"

#include "k8s/row_readers.h"

namespace k8s {

static absl::Status Read(JsonValue& json, UpstreamHash& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "input") return Read(member, out.input);
    if (name == "header") return Read(member, out.header);
    if (name == "cookie") return Read(member, out.cookie);
    if (name == "cookiePath") return Read(member, out.cookie_path);
    if (name == "queryArg") return Read(member, out.query_arg);
    if (name == "uriCapture") return Read(member, out.uri_capture);
    return absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, StickySessions& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "cookie") return Read(member, out.cookie);
    if (name == "cookiePath") return Read(member, out.cookie_path);
    return absl::OkStatus();
  });
}

static absl::Status ReadSpec(JsonValue& json, KongUpstreamPolicy& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "algorithm") return Read(member, out.algorithm);
    if (name == "slots") return Read(member, out.slots);
    if (name == "hashOn") return Read(member, out.hash_on);
    if (name == "hashOnFallback") return Read(member, out.hash_on_fallback);
    if (name == "healthchecks") return ReadUpstreamHealth(member, Spelling::kCamel, out.health);
    if (name == "stickySessions") return Read(member, out.sticky_sessions);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options,
                     Parsed<KongUpstreamPolicy>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
