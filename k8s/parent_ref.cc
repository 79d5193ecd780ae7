#include "k8s/parent_ref.h"

#include "k8s/listener_reader.h"

namespace k8s {

absl::Status Read(JsonValue& json, ParentRef& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "group") return Read(member, out.group);
    if (name == "kind") return Read(member, out.kind);
    if (name == "namespace") return Read(member, out.ns);
    if (name == "name") return Read(member, out.name);
    if (name == "sectionName") return Read(member, out.section_name);
    if (name == "port") return ReadPort(member, out.port);
    return absl::OkStatus();
  });
}

}  // namespace k8s
