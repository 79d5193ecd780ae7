#include "k8s/route_types.h"

#include "engine/status_macros.h"
#include "k8s/route_readers.h"

namespace k8s {

static absl::Status Read(JsonValue& json, HttpHeader& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "name") return Read(member, out.name);
    if (name == "value") return Read(member, out.value);
    return absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, HeaderFilter& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "set") return Read(member, out.set);
    if (name == "add") return Read(member, out.add);
    if (name == "remove") return Read(member, out.remove);
    return absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, PathModifier& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "type") return Read(member, out.type);
    if (name == "replaceFullPath") return Read(member, out.full);
    if (name == "replacePrefixMatch") return Read(member, out.prefix);
    return absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, RedirectFilter& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "scheme") return Read(member, out.scheme);
    if (name == "hostname") return Read(member, out.hostname);
    if (name == "path") return Read(member, out.path);
    if (name == "port") return ReadPort(member, out.port);
    if (name == "statusCode") return ReadWithin(member, 0, 999, out.status);
    return absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, RewriteFilter& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "hostname") return Read(member, out.hostname);
    if (name == "path") return Read(member, out.path);
    return absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, CorsFilter& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "allowOrigins") return Read(member, out.origins);
    if (name == "allowMethods") return Read(member, out.methods);
    if (name == "allowHeaders") return Read(member, out.headers);
    if (name == "exposeHeaders") return Read(member, out.expose);
    if (name == "allowCredentials") return Read(member, out.credentials);
    if (name == "maxAge") return ReadWithin(member, 0, INT32_MAX, out.max_age_s);
    return absl::OkStatus();
  });
}

static absl::Status Read(JsonValue& json, ObjectReference& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "group") return Read(member, out.group);
    if (name == "kind") return Read(member, out.kind);
    if (name == "name") return Read(member, out.name);
    return absl::OkStatus();
  });
}

absl::Status Read(JsonValue& json, ValueMatch& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) -> absl::Status {
    if (name == "name") return Read(member, out.name);
    if (name == "value") return Read(member, out.value);
    if (name != "type") return absl::OkStatus();
    std::optional<std::string_view> text;
    RETURN_IF_ERROR(ReadText(member, text));
    if (!text) return absl::OkStatus();
    out.regex = *text == "RegularExpression";
    out.unknown_type = out.regex || *text == "Exact" ? "" : std::string(*text);
    return absl::OkStatus();
  });
}

absl::Status Read(JsonValue& json, RouteFilter& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "type") return Read(member, out.type_text);
    if (name == "requestHeaderModifier") return Read(member, out.request_headers);
    if (name == "responseHeaderModifier") return Read(member, out.response_headers);
    if (name == "requestRedirect") return Read(member, out.redirect);
    if (name == "urlRewrite") return Read(member, out.rewrite);
    if (name == "cors") return Read(member, out.cors);
    if (name == "extensionRef") return Read(member, out.extension);
    return absl::OkStatus();
  });
}

absl::Status Read(JsonValue& json, RouteBackend& out) {
  static const engine::Symbol kService("Service");
  out.kind = kService;
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "group") return Read(member, out.group);
    if (name == "kind") return Read(member, out.kind);
    if (name == "namespace") return Read(member, out.ns);
    if (name == "name") return Read(member, out.name);
    if (name == "port") return ReadPort(member, out.port);
    if (name == "weight") return ReadWithin(member, 0, 1'000'000, out.weight);
    if (name == "filters") return Read(member, out.filters);
    return absl::OkStatus();
  });
}

FilterType RouteFilter::type() const {
  if (type_text == "RequestHeaderModifier") return FilterType::kRequestHeaders;
  if (type_text == "ResponseHeaderModifier") return FilterType::kResponseHeaders;
  if (type_text == "RequestRedirect") return FilterType::kRedirect;
  if (type_text == "URLRewrite") return FilterType::kRewrite;
  if (type_text == "CORS") return FilterType::kCors;
  if (type_text == "ExtensionRef") return FilterType::kExtensionRef;
  return FilterType::kOther;
}

}  // namespace k8s
