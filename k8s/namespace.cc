#include "k8s/namespace.h"

#include "k8s/row_readers.h"

namespace k8s {

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<Namespace>& out) {
  MetaExtras extras;
  ParseOptions all_labels{options.annotation_prefixes, {""}};
  return ReadObject(json, all_labels, out, extras,
                    [](std::string_view, JsonValue&) { return absl::OkStatus(); });
}

}  // namespace k8s
