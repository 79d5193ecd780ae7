#include "k8s/reference_grant.h"

#include "k8s/row_readers.h"

namespace k8s {

static absl::Status Read(JsonValue& json, ReferenceGrant::From& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "group") return Read(member, out.group);
    if (name == "kind") return Read(member, out.kind);
    if (name == "namespace") return Read(member, out.ns);
    return absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, ReferenceGrant::To& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "group") return Read(member, out.group);
    if (name == "kind") return Read(member, out.kind);
    if (name == "name") return Read(member, out.name);
    return absl::OkStatus();
  });
}

static absl::Status ReadSpec(JsonValue& json, ReferenceGrant& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "from") return Read(member, out.from);
    if (name == "to") return Read(member, out.to);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<ReferenceGrant>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
