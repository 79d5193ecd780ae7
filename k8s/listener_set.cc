#include "k8s/listener_set.h"

#include "k8s/listener_reader.h"
#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadSpec(JsonValue& json, ListenerSet& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "parentRef") return Read(member, out.parent);
    if (name == "listeners") return Read(member, out.listeners);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<ListenerSet>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
