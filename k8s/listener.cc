#include "k8s/listener.h"

#include "engine/status_macros.h"
#include "k8s/listener_reader.h"
#include "k8s/parent_ref.h"

// The readers are static rather than in an anonymous namespace, so that Read(vector) finds them by
// type.
namespace k8s {

std::string_view NameOf(ListenerProtocol protocol) {
  switch (protocol) {
    case ListenerProtocol::kHttp:
      return "HTTP";
    case ListenerProtocol::kHttps:
      return "HTTPS";
    case ListenerProtocol::kTls:
      return "TLS";
    case ListenerProtocol::kTcp:
      return "TCP";
    case ListenerProtocol::kUdp:
      return "UDP";
    case ListenerProtocol::kOther:
      break;
  }
  return "unknown";
}

std::string_view RouteKind::GroupText() const { return group ? group->text() : kGatewayGroup; }

bool CertificateRef::IsSecret() const {
  // Somebody always writes "core", and the Kong Ingress Controller takes it.
  return (!group || group->empty() || group->text() == "core") &&
         (!kind || kind->text() == "Secret");
}

ListenerProtocol ListenerProtocolOf(std::string_view text) {
  for (ListenerProtocol protocol :
       {ListenerProtocol::kHttp, ListenerProtocol::kHttps, ListenerProtocol::kTls,
        ListenerProtocol::kTcp, ListenerProtocol::kUdp}) {
    if (NameOf(protocol) == text) return protocol;
  }
  return ListenerProtocol::kOther;
}

static absl::Status Read(JsonValue& json, TlsMode& out) {
  std::optional<std::string_view> text;
  RETURN_IF_ERROR(ReadText(json, text));
  if (text) out = *text == "Passthrough" ? TlsMode::kPassthrough : TlsMode::kTerminate;
  return absl::OkStatus();
}

static absl::Status Read(JsonValue& json, CertificateRef& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "group") return Read(member, out.group);
    if (name == "kind") return Read(member, out.kind);
    if (name == "namespace") return Read(member, out.ns);
    if (name == "name") return Read(member, out.name);
    return absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, RouteKind& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "group") return Read(member, out.group);
    if (name == "kind") return Read(member, out.kind);
    return absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, NamespacesFrom& out) {
  std::optional<std::string_view> text;
  RETURN_IF_ERROR(ReadText(json, text));
  if (!text) return absl::OkStatus();
  out = *text == "All"        ? NamespacesFrom::kAll
        : *text == "Same"     ? NamespacesFrom::kSame
        : *text == "Selector" ? NamespacesFrom::kSelector
                              : NamespacesFrom::kNone;
  return absl::OkStatus();
}

absl::Status Read(JsonValue& json, AllowedNamespaces& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "from") return Read(member, out.from);
    if (name == "selector") return Read(member, out.selector);
    return absl::OkStatus();
  });
}

static absl::Status ReadAllowedRoutes(JsonValue& json, Listener& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "namespaces") return Read(member, out.namespaces);
    if (name == "kinds") return Read(member, out.kinds);
    return absl::OkStatus();
  });
}

static absl::Status ReadTls(JsonValue& json, Listener& out) {
  ASSIGN_OR_RETURN(const bool null, IsNull(json));
  if (null) return absl::OkStatus();
  if (out.tls == TlsMode::kNone) out.tls = TlsMode::kTerminate;
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "mode") return Read(member, out.tls);
    if (name == "certificateRefs") return Read(member, out.certificates);
    return absl::OkStatus();
  });
}

absl::Status Read(JsonValue& json, Listener& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) -> absl::Status {
    if (name == "name") return Read(member, out.name);
    if (name == "hostname") return Read(member, out.hostname);
    if (name == "port") return ReadPort(member, out.port);
    if (name == "tls") return ReadTls(member, out);
    if (name == "allowedRoutes") return ReadAllowedRoutes(member, out);
    if (name != "protocol") return absl::OkStatus();
    RETURN_IF_ERROR(Read(member, out.protocol_text));
    out.protocol = ListenerProtocolOf(out.protocol_text.text());
    return absl::OkStatus();
  });
}

}  // namespace k8s
