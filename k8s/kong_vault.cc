#include "k8s/kong_vault.h"

#include "k8s/canonical_json.h"
#include "k8s/control_plane_reader.h"
#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadSpec(JsonValue& json, KongVault& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "backend") return Read(member, out.backend);
    if (name == "prefix") return Read(member, out.prefix);
    if (name == "description") return Read(member, out.description);
    if (name == "config") return ReadCanonical(member, out.config);
    if (name == "controlPlaneRef") return ReadControlPlane(member, out.control_plane);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongVault>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
