#include "kong/route_fragment.h"

#include <algorithm>

#include "io/json_writer.h"
#include "kong/route_match.h"

namespace kong {
namespace {

// What the annotations make of the fields that both flavours have.
struct Overrides {
  std::vector<std::string> protocols;
  int64_t https_redirect_status_code = 426;
  bool strip_path_allowed = true;
};

bool AnyHas(const std::vector<std::string>& protocols, std::string_view part) {
  return std::any_of(protocols.begin(), protocols.end(), [&](const std::string& protocol) {
    return protocol.find(part) != std::string::npos;
  });
}

// `protocols` are the author's. A list of them wins over force-ssl-redirect, which then only sets
// the status.
Overrides OverridesOf(const RouteSettings& settings) {
  Overrides out;
  for (const std::string& protocol : settings.protocols) {
    if (IsHttpProtocol(protocol)) out.protocols.push_back(protocol);
  }
  if (settings.force_ssl_redirect) {
    out.https_redirect_status_code = 302;
    if (out.protocols.empty()) out.protocols = {"https"};
  }
  if (settings.https_redirect_status_code)
    out.https_redirect_status_code = *settings.https_redirect_status_code;
  // Kong takes no route that is of gRPC and of HTTP, and none of gRPC that strips its path.
  bool grpc = AnyHas(out.protocols, "grpc");
  if (grpc && AnyHas(out.protocols, "http")) out.protocols = {"http", "https"};
  out.strip_path_allowed = !grpc;
  return out;
}

void WriteHeaders(io::JsonWriter& out, const RouteSettings& settings) {
  if (settings.headers.empty()) return;
  out.Key("headers").BeginObject();
  for (const auto& [name, values] : settings.headers) out.Member(name, values);
  out.EndObject();
}

std::vector<std::string> TraditionalPaths(const RouteSpec& route) {
  if (!route.paths) return {"/"};
  RegexMarks marks{route.settings->regex_prefix, route.legacy_regex_detection};
  std::vector<std::string> paths;
  for (const RoutePlan::Path& path : *route.paths)
    AppendTraditionalPaths(path.path, path.type, marks, paths);
  return paths;
}

// The views last as long as the route.
Criteria CriteriaOf(const RouteSpec& route) {
  Criteria criteria;
  const RouteSettings& settings = *route.settings;
  criteria.hosts = HostsOf(route.host, settings, true);
  criteria.regex_prefix = settings.regex_prefix;
  for (const RoutePlan::Path& path : *route.paths) criteria.paths.push_back({path.path, path.type});
  for (const auto& [name, values] : settings.headers) {
    criteria.headers.emplace_back(name,
                                  std::vector<std::string_view>(values.begin(), values.end()));
  }
  criteria.methods.assign(settings.methods.begin(), settings.methods.end());
  if (settings.snis) criteria.snis.assign(settings.snis->begin(), settings.snis->end());
  return criteria;
}

// Members of both flavours from "preserve_host" on are written by Tail; what comes before differs.
void WriteTraditional(io::JsonWriter& out, const RouteSpec& route, const Overrides& overrides) {
  const RouteSettings& settings = *route.settings;
  WriteHeaders(out, settings);
  std::vector<std::string_view> hosts = HostsOf(route.host, settings, false);
  if (!hosts.empty()) out.Member("hosts", hosts);
  out.Member("https_redirect_status_code", overrides.https_redirect_status_code);
  out.Member("id", route.id.text());
  if (!settings.methods.empty() && settings.all_methods_valid)
    out.Member("methods", settings.methods);
  out.Member("name", route.name);
  out.Member("path_handling", settings.path_handling.value_or("v0"));
  out.Member("paths", TraditionalPaths(route));
}

void WriteExpression(io::JsonWriter& out, const RouteSpec& route, const Overrides& overrides) {
  bool fallback = !route.paths;
  Criteria criteria = fallback ? Criteria{} : CriteriaOf(route);
  out.Member("expression", fallback ? Predicate("http.path", "^=", "/") : ExpressionOf(criteria));
  out.Member("https_redirect_status_code", overrides.https_redirect_status_code);
  out.Member("id", route.id.text());
  out.Member("name", route.name);
}

void WriteTail(io::JsonWriter& out, const RouteSpec& route, const Overrides& overrides,
               bool expressions) {
  const RouteSettings& settings = *route.settings;
  out.Member("preserve_host", settings.preserve_host.value_or(true));
  if (expressions)
    out.Member("priority", route.paths ? PriorityOf(CriteriaOf(route)) : uint64_t{0});
  if (!overrides.protocols.empty()) out.Member("protocols", overrides.protocols);
  if (!expressions) out.Member("regex_priority", settings.regex_priority.value_or(0));
  out.Member("request_buffering", settings.request_buffering.value_or(true));
  out.Member("response_buffering", settings.response_buffering.value_or(true));
  out.Member("service", route.service.text());
  if (!expressions && settings.snis && !settings.snis->empty() && settings.all_snis_valid &&
      TakesSnis(overrides.protocols)) {
    out.Member("snis", *settings.snis);
  }
  if (overrides.strip_path_allowed) out.Member("strip_path", settings.strip_path.value_or(false));
  out.Member("tags", *route.tags);
}

}  // namespace

bool IsHttpProtocol(std::string_view protocol) {
  return protocol == "http" || protocol == "https" || protocol == "grpc" || protocol == "grpcs";
}

bool TakesSnis(const std::vector<std::string>& protocols) {
  return protocols.empty() ||
         std::any_of(protocols.begin(), protocols.end(), [](const std::string& protocol) {
           return protocol == "https" || protocol == "grpcs" || protocol.starts_with("tls");
         });
}

std::string RouteFragment(const RouteSpec& route, bool expressions) {
  Overrides overrides = OverridesOf(*route.settings);
  std::string json;
  io::JsonWriter out(json);
  out.BeginObject();
  if (expressions)
    WriteExpression(out, route, overrides);
  else
    WriteTraditional(out, route, overrides);
  WriteTail(out, route, overrides, expressions);
  out.EndObject();
  return json;
}

std::string RewritePluginFragment(const EntityId& route, std::string_view target) {
  constexpr std::string_view kPlugin = "request-transformer";
  std::string json;
  io::JsonWriter out(json);
  out.BeginObject().Key("config").BeginObject().Key("replace").BeginObject().Member("uri", target);
  out.EndObject().EndObject();
  out.Member("id", RoutePluginId(kPlugin, route).text());
  out.Member("name", kPlugin).Member("route", route.text());
  out.EndObject();
  return json;
}

}  // namespace kong
