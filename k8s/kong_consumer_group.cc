#include "k8s/kong_consumer_group.h"

#include "k8s/control_plane_reader.h"
#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadSpec(JsonValue& json, KongConsumerGroup& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    return name == "controlPlaneRef" ? ReadControlPlane(member, out.control_plane)
                                     : absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongConsumerGroup>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
