#include "k8s/ingress_class.h"

#include "engine/status_macros.h"
#include "k8s/row_readers.h"

namespace k8s {

static absl::Status Read(JsonValue& json, IngressClass::Parameters& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "apiGroup") return Read(member, out.group);
    if (name == "kind") return Read(member, out.kind);
    if (name == "name") return Read(member, out.name);
    if (name == "scope") return Read(member, out.scope);
    if (name == "namespace") return Read(member, out.ns);
    return absl::OkStatus();
  });
}

static absl::Status ReadSpec(JsonValue& json, IngressClass& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "controller") return Read(member, out.controller);
    if (name == "parameters") return Read(member, out.parameters);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<IngressClass>& out) {
  MetaExtras extras;
  auto spec = [&](std::string_view name, JsonValue& member) {
    return name == "spec" ? ReadSpec(member, out.row) : absl::OkStatus();
  };
  RETURN_IF_ERROR(ReadObject(json, options, out, extras, spec));
  out.row.is_default = extras.default_class;
  return absl::OkStatus();
}

}  // namespace k8s
