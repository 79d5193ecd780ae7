#include "kong/gateway_route_fragment.h"

#include <algorithm>

#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/route_fragment.h"

namespace kong {
namespace {

bool AnyHas(const std::vector<std::string>& protocols, std::string_view part) {
  return std::any_of(protocols.begin(), protocols.end(), [&](const std::string& protocol) {
    return protocol.find(part) != std::string::npos;
  });
}

// What the annotations leave of the route.
struct Effective {
  std::vector<std::string> protocols, methods;
  int64_t https_redirect_status_code = 426;
  std::optional<bool> strip_path, preserve_host;
  bool grpc = false;
};

void UseTls(std::vector<std::string>& protocols) {
  std::vector<std::string> out;
  if (AnyHas(protocols, "grpc")) out.push_back("grpcs");
  if (AnyHas(protocols, "http") || out.empty()) out.push_back("https");
  protocols = std::move(out);
}

Effective EffectiveOf(const GatewayRouteSpec& spec, bool expressions) {
  const RouteSettings& settings = spec.settings;
  Effective out;
  out.protocols = spec.route.protocols;
  out.methods = spec.route.methods;
  out.strip_path = settings.strip_path ? settings.strip_path : spec.route.strip_path;
  out.preserve_host = settings.preserve_host ? settings.preserve_host : spec.route.preserve_host;
  if (settings.force_ssl_redirect) {
    out.https_redirect_status_code = 302;
    UseTls(out.protocols);
  }
  if (settings.https_redirect_status_code)
    out.https_redirect_status_code = *settings.https_redirect_status_code;
  if (!settings.protocols.empty()) out.protocols = settings.protocols;
  if (!expressions && !settings.methods.empty() && settings.all_methods_valid)
    out.methods = settings.methods;
  out.grpc = AnyHas(out.protocols, "grpc");
  if (out.grpc && AnyHas(out.protocols, "http")) {
    out.protocols = {"http", "https"};
    out.grpc = false;
  }
  if (out.grpc) out.strip_path.reset();
  return out;
}

void WriteHeaders(io::JsonWriter& out, const GatewayRouteSpec& spec) {
  const auto& headers = spec.settings.headers.empty() ? spec.route.headers : spec.settings.headers;
  if (headers.empty()) return;
  out.Key("headers").BeginObject();
  for (const auto& [name, values] : headers) out.Member(name, values);
  out.EndObject();
}

std::vector<std::string> HostsOf(const GatewayRouteSpec& spec) {
  std::vector<std::string> hosts = spec.route.hosts;
  if (!spec.settings.all_host_aliases_valid) return hosts;
  for (const std::string& alias : spec.settings.host_aliases) {
    if (std::find(hosts.begin(), hosts.end(), alias) == hosts.end()) hosts.push_back(alias);
  }
  return hosts;
}

void WriteDestinations(io::JsonWriter& out, const std::vector<int32_t>& ports) {
  if (ports.empty()) return;
  out.Key("destinations").BeginArray();
  for (int32_t port : ports) out.BeginObject().Member("port", port).EndObject();
  out.EndArray();
}

void WriteTraditional(io::JsonWriter& out, const GatewayRouteSpec& spec,
                      const Effective& effective) {
  WriteDestinations(out, spec.route.destinations);
  WriteHeaders(out, spec);
  if (std::vector<std::string> hosts = HostsOf(spec); !hosts.empty()) out.Member("hosts", hosts);
  out.Member("https_redirect_status_code", effective.https_redirect_status_code);
  out.Member("id", spec.id.text());
  if (!effective.methods.empty() && !effective.grpc) out.Member("methods", effective.methods);
  out.Member("name", spec.name);
  out.Member("path_handling", spec.settings.path_handling.value_or("v0"));
  if (!spec.route.paths.empty()) out.Member("paths", spec.route.paths);
}

void WriteExpression(io::JsonWriter& out, const GatewayRouteSpec& spec,
                     const Effective& effective) {
  out.Member("expression", spec.route.expression);
  out.Member("https_redirect_status_code", effective.https_redirect_status_code);
  out.Member("id", spec.id.text());
  out.Member("name", spec.name);
}

std::vector<std::string> SnisOf(const GatewayRouteSpec& spec) {
  bool said = spec.settings.snis && spec.settings.all_snis_valid;
  return said ? *spec.settings.snis : spec.route.snis;
}

void WriteTail(io::JsonWriter& out, const GatewayRouteSpec& spec, const Effective& effective,
               bool expressions) {
  const RouteSettings& settings = spec.settings;
  if (effective.preserve_host) out.Member("preserve_host", *effective.preserve_host);
  if (expressions) out.Member("priority", spec.priority);
  if (!effective.protocols.empty()) out.Member("protocols", effective.protocols);
  if (!expressions && settings.regex_priority)
    out.Member("regex_priority", *settings.regex_priority);
  if (settings.request_buffering) out.Member("request_buffering", *settings.request_buffering);
  if (settings.response_buffering) out.Member("response_buffering", *settings.response_buffering);
  out.Member("service", spec.service.text());
  if (!expressions && TakesSnis(effective.protocols)) {
    if (std::vector<std::string> snis = SnisOf(spec); !snis.empty()) out.Member("snis", snis);
  }
  if (effective.strip_path) out.Member("strip_path", *effective.strip_path);
  out.Member("tags", spec.tags);
}

}  // namespace

std::string GatewayRouteFragment(const GatewayRouteSpec& spec, bool expressions, std::string& why) {
  Effective effective = EffectiveOf(spec, expressions);
  const auto& methods = effective.methods;
  if (effective.grpc && !methods.empty() &&
      std::find(methods.begin(), methods.end(), "POST") == methods.end()) {
    why = engine::Cat(
        "konghq.com/protocols makes it a gRPC route, whose calls never have the method ",
        methods[0], "; Kong takes no methods for it");
    return "";
  }
  std::string json;
  io::JsonWriter out(json);
  out.BeginObject();
  if (expressions)
    WriteExpression(out, spec, effective);
  else
    WriteTraditional(out, spec, effective);
  WriteTail(out, spec, effective, expressions);
  out.EndObject();
  return json;
}

std::string RoutePluginFragment(const EntityId& id, const PlannedPlugin& plugin,
                                const EntityId& route, const std::vector<std::string>& tags) {
  std::string json;
  io::JsonWriter out(json);
  out.BeginObject().Key("config").Raw(plugin.config);
  out.Member("id", id.text()).Member("name", plugin.name).Member("route", route.text());
  out.Member("tags", tags).EndObject();
  return json;
}

}  // namespace kong
