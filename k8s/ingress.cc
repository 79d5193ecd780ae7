#include "k8s/ingress.h"

#include "engine/status_macros.h"
#include "k8s/row_readers.h"

// The readers are static rather than in an anonymous namespace, so that Read(vector) finds them by
// type.
namespace k8s {

static absl::Status Read(JsonValue& json, PathType& out) {
  std::optional<std::string_view> text;
  RETURN_IF_ERROR(ReadText(json, text));
  if (!text) return absl::OkStatus();
  out = *text == "Prefix"                   ? PathType::kPrefix
        : *text == "Exact"                  ? PathType::kExact
        : *text == "ImplementationSpecific" ? PathType::kImplementationSpecific
                                            : PathType::kOther;
  return absl::OkStatus();
}

static absl::Status ReadBackendPort(JsonValue& json, IngressBackend& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "name") return Read(member, out.port_name);
    if (name == "number") return ReadPort(member, out.port_number);
    return absl::OkStatus();
  });
}

static absl::Status ReadBackendService(JsonValue& json, IngressBackend& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "name") return Read(member, out.service);
    if (name == "port") return ReadBackendPort(member, out);
    return absl::OkStatus();
  });
}

static absl::Status ReadBackendResource(JsonValue& json, IngressBackend& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "apiGroup") return Read(member, out.resource_group);
    if (name == "kind") return Read(member, out.resource_kind);
    if (name == "name") return Read(member, out.resource_name);
    return absl::OkStatus();
  });
}

// A null takes back what an earlier member of the same name said.
static absl::Status Read(JsonValue& json, IngressBackend& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) -> absl::Status {
    const bool service = name == "service";
    if (!service && name != "resource") return absl::OkStatus();
    ASSIGN_OR_RETURN(const bool null, IsNull(member));
    (service ? out.has_service : out.has_resource) = !null;
    if (null && service) out.service = out.port_name = {}, out.port_number = 0;
    if (null && !service) out.resource_group = out.resource_kind = out.resource_name = {};
    if (null) return absl::OkStatus();
    return service ? ReadBackendService(member, out) : ReadBackendResource(member, out);
  });
}

static absl::Status Read(JsonValue& json, IngressPath& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "path") return Read(member, out.path);
    if (name == "pathType") return Read(member, out.type);
    if (name == "backend") return Read(member, out.backend);
    return absl::OkStatus();
  });
}

static absl::Status ReadHttp(JsonValue& json, std::vector<IngressPath>& out) {
  ASSIGN_OR_RETURN(const bool null, IsNull(json));
  if (null) out.clear();
  if (null) return absl::OkStatus();
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    return name == "paths" ? Read(member, out) : absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, IngressRule& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "host") return Read(member, out.host);
    if (name == "http") return ReadHttp(member, out.paths);
    return absl::OkStatus();
  });
}

absl::Status Read(JsonValue& json, IngressTls& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "hosts") return Read(member, out.hosts);
    if (name == "secretName") return Read(member, out.secret_name);
    return absl::OkStatus();
  });
}

static absl::Status ReadSpec(JsonValue& json, Ingress& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "ingressClassName") return Read(member, out.class_name);
    if (name == "defaultBackend") return Read(member, out.default_backend);
    if (name == "rules") return Read(member, out.rules);
    if (name == "tls") return Read(member, out.tls);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<Ingress>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
