#include "k8s/upstream_health.h"

#include <algorithm>

#include "engine/status_macros.h"
#include "k8s/row_readers.h"

namespace k8s {
namespace {

using Headers = std::vector<std::pair<std::string, std::vector<std::string>>>;

// Is `member` what this spelling makes of the snake-case `name`?
bool Is(std::string_view member, std::string_view name, Spelling spelling) {
  if (spelling == Spelling::kSnake) return member == name;
  size_t at = 0;
  for (size_t i = 0; i < name.size(); ++i, ++at) {
    if (at == member.size()) return false;
    const bool upper = name[i] == '_';
    if (upper) ++i;
    const char expected = upper ? static_cast<char>(name[i] - 'a' + 'A') : name[i];
    if (member[at] != expected) return false;
  }
  return at == member.size();
}

absl::Status ReadHeaders(JsonValue& json, Headers& out) {
  RETURN_IF_ERROR(ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    auto at = std::lower_bound(out.begin(), out.end(), name,
                               [](const auto& pair, std::string_view n) { return pair.first < n; });
    if (at == out.end() || at->first != name)
      at = out.emplace(at, std::string(name), std::vector<std::string>());
    return Read(member, at->second);
  }));
  return absl::OkStatus();
}

absl::Status ReadThresholds(JsonValue& json, Spelling spelling,
                            std::optional<HealthThresholds>& out) {
  ASSIGN_OR_RETURN(const bool null, IsNull(json));
  if (null) out.reset();
  if (null) return absl::OkStatus();
  if (!out) out.emplace();
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (Is(name, "http_statuses", spelling)) return Read(member, out->http_statuses);
    if (Is(name, "interval", spelling)) return Read(member, out->interval);
    if (Is(name, "successes", spelling)) return Read(member, out->successes);
    if (Is(name, "http_failures", spelling)) return Read(member, out->http_failures);
    if (Is(name, "tcp_failures", spelling)) return Read(member, out->tcp_failures);
    if (Is(name, "timeouts", spelling)) return Read(member, out->timeouts);
    return absl::OkStatus();
  });
}

absl::Status ReadCheck(JsonValue& json, Spelling spelling, std::optional<HealthCheck>& out) {
  ASSIGN_OR_RETURN(const bool null, IsNull(json));
  if (null) out.reset();
  if (null) return absl::OkStatus();
  if (!out) out.emplace();
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (Is(name, "type", spelling)) return Read(member, out->type);
    if (Is(name, "http_path", spelling)) return Read(member, out->http_path);
    if (Is(name, "https_sni", spelling)) return Read(member, out->https_sni);
    if (Is(name, "https_verify_certificate", spelling))
      return Read(member, out->https_verify_certificate);
    if (Is(name, "concurrency", spelling)) return Read(member, out->concurrency);
    if (Is(name, "timeout", spelling)) return Read(member, out->timeout);
    if (Is(name, "headers", spelling)) return ReadHeaders(member, out->headers);
    if (Is(name, "healthy", spelling)) return ReadThresholds(member, spelling, out->healthy);
    if (Is(name, "unhealthy", spelling)) return ReadThresholds(member, spelling, out->unhealthy);
    return absl::OkStatus();
  });
}

}  // namespace

absl::Status ReadUpstreamHealth(JsonValue& json, Spelling spelling,
                                std::optional<UpstreamHealth>& out) {
  ASSIGN_OR_RETURN(const bool null, IsNull(json));
  if (null) out.reset();
  if (null) return absl::OkStatus();
  if (!out) out.emplace();
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "active") return ReadCheck(member, spelling, out->active);
    if (name == "passive") return ReadCheck(member, spelling, out->passive);
    if (name == "threshold") return Read(member, out->threshold);
    return absl::OkStatus();
  });
}

}  // namespace k8s
