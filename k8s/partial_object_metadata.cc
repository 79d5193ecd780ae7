#include "k8s/partial_object_metadata.h"

#include "engine/status_macros.h"
#include "k8s/row_readers.h"

namespace k8s {

absl::Status ReadRow(JsonValue& json, const ParseOptions& options,
                     Parsed<PartialObjectMetadata>& out) {
  MetaExtras extras;
  auto nothing_else = [](std::string_view, JsonValue&) { return absl::OkStatus(); };
  RETURN_IF_ERROR(ReadObject(json, options, out, extras, nothing_else));
  out.row.resource_version = out.resource_version;
  return absl::OkStatus();
}

}  // namespace k8s
