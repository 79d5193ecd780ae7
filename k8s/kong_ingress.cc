#include "k8s/kong_ingress.h"

#include <utility>

#include "k8s/row_readers.h"

namespace k8s {
namespace {

using Text = std::optional<std::string> KongIngress::*;
constexpr std::pair<std::string_view, Text> kTexts[] = {
    {"host_header", &KongIngress::host_header},
    {"algorithm", &KongIngress::algorithm},
    {"hash_on", &KongIngress::hash_on},
    {"hash_fallback", &KongIngress::hash_fallback},
    {"hash_on_header", &KongIngress::hash_on_header},
    {"hash_fallback_header", &KongIngress::hash_fallback_header},
    {"hash_on_cookie", &KongIngress::hash_on_cookie},
    {"hash_on_cookie_path", &KongIngress::hash_on_cookie_path},
    {"hash_on_query_arg", &KongIngress::hash_on_query_arg},
    {"hash_fallback_query_arg", &KongIngress::hash_fallback_query_arg},
    {"hash_on_uri_capture", &KongIngress::hash_on_uri_capture},
    {"hash_fallback_uri_capture", &KongIngress::hash_fallback_uri_capture},
};

absl::Status ReadUpstream(JsonValue& json, KongIngress& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "slots") return Read(member, out.slots);
    if (name == "healthchecks") return ReadUpstreamHealth(member, Spelling::kSnake, out.health);
    for (const auto& [text, field] : kTexts) {
      if (name == text) return Read(member, out.*field);
    }
    return absl::OkStatus();
  });
}

}  // namespace

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongIngress>& out) {
  MetaExtras extras;
  return ReadObject(json, options, out, extras, [&](std::string_view name, JsonValue& member) {
    return name == "upstream" ? ReadUpstream(member, out.row) : absl::OkStatus();
  });
}

}  // namespace k8s
