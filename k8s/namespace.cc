#include "k8s/namespace.h"

#include "engine/status_macros.h"
#include "k8s/row_readers.h"

namespace k8s {

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<Namespace>& out) {
  MetaExtras extras;
  ParseOptions all_labels{options.annotation_prefixes, {""}};
  RETURN_IF_ERROR(ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    return name == "metadata" ? ReadMeta(member, all_labels, out.row.meta, extras)
                              : absl::OkStatus();
  }));
  out.resource_version = std::move(extras.resource_version);
  return absl::OkStatus();
}

}  // namespace k8s
