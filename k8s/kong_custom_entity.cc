#include "k8s/kong_custom_entity.h"

#include "k8s/canonical_json.h"
#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadParent(JsonValue& json, KongCustomEntity::Parent& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "group") return Read(member, out.group);
    if (name == "kind") return Read(member, out.kind);
    if (name == "namespace") return Read(member, out.ns);
    if (name == "name") return Read(member, out.name);
    return absl::OkStatus();
  });
}

static absl::Status ReadSpec(JsonValue& json, KongCustomEntity& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "type") return Read(member, out.type);
    if (name == "fields") return ReadCanonical(member, out.fields_json);
    if (name == "controllerName") return Read(member, out.controller);
    if (name == "parentRef") return ReadParent(member, out.parent);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongCustomEntity>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
