#include "k8s/backend_tls_policy.h"

#include <algorithm>

#include "k8s/row_readers.h"

namespace k8s {

static absl::Status Read(JsonValue& json, LocalReference& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "group") return Read(member, out.group);
    if (name == "kind") return Read(member, out.kind);
    if (name == "name") return Read(member, out.name);
    if (name == "sectionName") return Read(member, out.section);
    return absl::OkStatus();
  });
}

static absl::Status CountElements(JsonValue& json, uint32_t& out) {
  out = 0;
  return ReadElements(json, [&](JsonValue&) {
    ++out;
    return absl::OkStatus();
  });
}

static absl::Status ReadValidation(JsonValue& json, BackendTlsPolicy& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "caCertificateRefs") return Read(member, out.ca_certificates);
    if (name == "wellKnownCACertificates") return Read(member, out.well_known_ca_certificates);
    if (name == "hostname") return Read(member, out.hostname);
    if (name == "subjectAltNames") return CountElements(member, out.subject_alt_names);
    return absl::OkStatus();
  });
}

static absl::Status ReadOptions(JsonValue& json, BackendTlsPolicy& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    auto at = std::lower_bound(out.options.begin(), out.options.end(), name,
                               [](const auto& pair, std::string_view n) { return pair.first < n; });
    if (at == out.options.end() || at->first != name)
      at = out.options.emplace(at, std::string(name), std::string());
    return Read(member, at->second);
  });
}

static absl::Status ReadSpec(JsonValue& json, BackendTlsPolicy& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "targetRefs") return Read(member, out.targets);
    if (name == "validation") return ReadValidation(member, out);
    if (name == "options") return ReadOptions(member, out);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<BackendTlsPolicy>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
