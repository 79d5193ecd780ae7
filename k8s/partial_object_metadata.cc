#include "k8s/partial_object_metadata.h"

#include "engine/status_macros.h"
#include "k8s/row_readers.h"

namespace k8s {

absl::Status ReadRow(JsonValue& json, const ParseOptions& options,
                     Parsed<PartialObjectMetadata>& out) {
  MetaExtras extras;
  RETURN_IF_ERROR(ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    return name == "metadata" ? ReadMeta(member, options, out.row.meta, extras) : absl::OkStatus();
  }));
  out.row.resource_version = extras.resource_version;
  out.resource_version = std::move(extras.resource_version);
  return absl::OkStatus();
}

}  // namespace k8s
