#include "k8s/kong_consumer.h"

#include "k8s/control_plane_reader.h"
#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadSpec(JsonValue& json, KongConsumer& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    return name == "controlPlaneRef" ? ReadControlPlane(member, out.control_plane)
                                     : absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongConsumer>& out) {
  MetaExtras extras;
  KongConsumer& row = out.row;
  return ReadObject(json, options, out, extras, [&](std::string_view name, JsonValue& member) {
    if (name == "username") return Read(member, row.username);
    if (name == "custom_id") return Read(member, row.custom_id);
    if (name == "credentials") return Read(member, row.credentials);
    if (name == "consumerGroups") return Read(member, row.groups);
    if (name == "spec") return ReadSpec(member, row);
    return absl::OkStatus();
  });
}

}  // namespace k8s
