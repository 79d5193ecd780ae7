#include "kong/stream_fragment.h"

#include <algorithm>

#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/route_match.h"

namespace kong {
namespace {

using engine::Cat;

bool Holds(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string SniPredicate(std::string_view sni) {
  if (sni.starts_with('*')) return Predicate("tls.sni", "=^", sni.substr(1));
  if (sni.ends_with('*')) return Predicate("tls.sni", "^=", sni.substr(0, sni.size() - 1));
  return Predicate("tls.sni", "==", sni);
}

// One of the names, and the port.
std::string ExpressionOf(const StreamSpec& route) {
  std::string names;
  for (const std::string& sni : route.snis) {
    std::string one = SniPredicate(sni);
    if (route.snis.size() > 1) one = Cat('(', one, ')');
    names += names.empty() ? one : Cat(" || ", one);
  }
  std::string port = Cat("net.dst.port == ", route.port);
  return names.empty() ? port : Cat('(', names, ") && (", port, ')');
}

}  // namespace

std::vector<std::string> TcpProtocols(const RouteSettings& settings,
                                      const std::vector<std::string>& snis, Findings& findings) {
  const std::vector<std::string>& asked = settings.protocols;
  auto is_stream = [](const std::string& word) { return word == "tcp" || word == "tls"; };
  std::string why;
  if (asked.empty()) return {"tcp", "tls"};
  if (asked == std::vector<std::string>{"tls_passthrough"}) {
    if (!snis.empty()) return asked;
    why = "tls_passthrough needs a host in the rule";
  } else if (!std::all_of(asked.begin(), asked.end(), is_stream)) {
    why = "expected tcp, tls or both, or tls_passthrough alone";
  } else if (!snis.empty() && !Holds(asked, "tls")) {
    why = "the host of a rule needs tls";
  } else {
    return asked;
  }
  Warn(findings, Cat("annotation konghq.com/protocols is ignored: ", why));
  return {"tcp", "tls"};
}

std::string StreamFragment(const StreamSpec& route, bool expressions) {
  const RouteSettings& settings = *route.settings;
  std::string json;
  io::JsonWriter out(json);
  auto flag = [&](std::string_view member, const std::optional<bool>& value) {
    if (value) out.Member(member, *value);
  };
  out.BeginObject();
  if (expressions) {
    out.Member("expression", ExpressionOf(route));
  } else {
    out.Key("destinations").BeginArray().BeginObject().Member("port", route.port);
    out.EndObject().EndArray();
  }
  out.Member("https_redirect_status_code", settings.https_redirect_status_code.value_or(426));
  out.Member("id", route.id.text()).Member("name", route.name);
  if (!expressions) out.Member("path_handling", settings.path_handling.value_or("v0"));
  flag("preserve_host", settings.preserve_host);
  if (expressions) out.Member("priority", 1);
  out.Member("protocols", route.protocols);
  if (!expressions && settings.regex_priority)
    out.Member("regex_priority", *settings.regex_priority);
  flag("request_buffering", settings.request_buffering);
  flag("response_buffering", settings.response_buffering);
  out.Member("service", route.service.text());
  if (!expressions && !route.snis.empty()) out.Member("snis", route.snis);
  flag("strip_path", settings.strip_path);
  out.Member("tags", *route.tags).EndObject();
  return json;
}

}  // namespace kong
