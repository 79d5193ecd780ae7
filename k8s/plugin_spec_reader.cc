#include "k8s/plugin_spec_reader.h"

#include "engine/status_macros.h"
#include "k8s/canonical_json.h"

// The readers are static rather than in an anonymous namespace, so that Read(vector) finds them by
// type.
namespace k8s {

static absl::Status ReadSecretKey(JsonValue& json, SecretKeyRef& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "namespace") return Read(member, out.ns);
    if (name == "name") return Read(member, out.name);
    if (name == "key") return Read(member, out.key);
    return absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, SecretKeyRef& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    return name == "secretKeyRef" ? ReadSecretKey(member, out) : absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, ConfigPatch& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "path") return Read(member, out.path);
    if (name == "valueFrom") return Read(member, out.from);
    return absl::OkStatus();
  });
}

static absl::Status ReadConfig(JsonValue& json, std::optional<std::string>& out) {
  std::string text;
  RETURN_IF_ERROR(ReadCanonical(json, text));
  out = text.empty() ? std::nullopt : std::optional(std::move(text));
  return absl::OkStatus();
}

absl::Status ReadPluginMember(std::string_view name, JsonValue& member, PluginSpec& out) {
  if (name == "plugin") return Read(member, out.plugin);
  if (name == "instance_name") return Read(member, out.instance_name);
  if (name == "disabled") return Read(member, out.disabled);
  if (name == "config") return ReadConfig(member, out.config);
  if (name == "configFrom") return Read(member, out.config_from);
  if (name == "configPatches") return Read(member, out.config_patches);
  if (name == "protocols") return Read(member, out.protocols);
  if (name == "ordering") return ReadCanonical(member, out.ordering);
  return absl::OkStatus();
}

}  // namespace k8s
