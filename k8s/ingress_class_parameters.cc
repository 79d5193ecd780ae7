#include "k8s/ingress_class_parameters.h"

#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadSpec(JsonValue& json, IngressClassParameters& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "serviceUpstream") return Read(member, out.service_upstream);
    if (name == "enableLegacyRegexDetection")
      return Read(member, out.enable_legacy_regex_detection);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options,
                     Parsed<IngressClassParameters>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
