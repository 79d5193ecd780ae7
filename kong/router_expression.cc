#include "kong/router_expression.h"

#include <algorithm>

#include "engine/text.h"

namespace kong {
namespace {

using engine::Cat;

bool IsStream(const Json& route) {
  const Json& protocols = At(route, "protocols");
  std::string_view first = protocols.empty() ? "" : Text(protocols[0]);
  return first == "tcp" || first == "udp" || first == "tls" || first == "tls_passthrough";
}

std::string Raw(std::string_view text) {
  if (text.find("\"#") == text.npos) return Cat("r#\"", text, "\"#");
  std::string out = "\"";
  for (char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out + '"';
}

template <class Values, class Term>
std::string Either(const Values& values, Term term) {
  std::string out;
  for (const auto& value : values) {
    if (!out.empty()) out += " || ";
    out += term(value);
  }
  return out.empty() ? out : Cat('(', out, ')');
}

void AppendAnd(std::string& out, std::string_view part) {
  if (part.empty()) return;
  if (!out.empty()) out += " && ";
  out += part;
}

std::string SniTerm(const Json& sni) {
  std::string_view name = Text(sni);
  if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  return Cat("tls.sni == ", Raw(name));
}

std::string NetTerm(std::string_view side, const Json& net) {
  std::string out;
  std::string_view ip = TextAt(net, "ip");
  if (!ip.empty()) out = Cat("net.", side, ".ip ", ip.find('/') == ip.npos ? "==" : "in", " ", ip);
  if (At(net, "port").is_number())
    AppendAnd(out, Cat("net.", side, ".port == ", DumpJson(At(net, "port"))));
  return Cat('(', out, ')');
}

std::string HostTerm(const Json& value) {
  std::string_view host = Text(value), port;
  if (size_t colon = host.find(':');
      colon != host.npos && engine::ParseInt(host.substr(colon + 1))) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  std::string out;
  if (host.starts_with('*'))
    out = Cat("http.host =^ ", Raw(host.substr(1)));
  else if (host.ends_with('*'))
    out = Cat("http.host ^= ", Raw(host.substr(0, host.size() - 1)));
  else
    out = Cat("http.host == ", Raw(host));
  return port.empty() ? out : Cat('(', out, " && net.dst.port == ", port, ')');
}

std::string PathTerm(std::string_view path) {
  if (!path.starts_with('~')) return Cat("http.path ^= ", Raw(path));
  std::string regex = "^";
  for (size_t i = 1; i < path.size(); ++i) {
    regex += path[i];
    if (path[i] == '?' && i + 1 < path.size() && path[i + 1] == '<') regex += 'P';
  }
  return Cat("http.path ~ ", Raw(regex));
}

std::string HeaderTerms(const std::string& name, const Json& values) {
  std::string field = engine::Lower(name);
  std::replace(field.begin(), field.end(), '-', '_');
  return Either(values, [&](const Json& each) {
    std::string_view value = Text(each);
    bool regex = value.starts_with("~*");
    std::string lowered = engine::Lower(regex ? value.substr(2) : value);
    return Cat("any(lower(http.headers.", field, ")) ", regex ? "~ " : "== ", Raw(lowered));
  });
}

// All but the paths.
std::string CriteriaOf(const Json& route) {
  std::string out;
  std::string snis = Either(At(route, "snis"), SniTerm);
  if (!snis.empty()) {
    std::string_view with = IsStream(route) ? "tls" : "https";
    AppendAnd(out, Cat("(net.protocol != ", Raw(with), " || ", snis, ')'));
  }
  AppendAnd(out, Either(At(route, "sources"), [](const Json& net) { return NetTerm("src", net); }));
  AppendAnd(out,
            Either(At(route, "destinations"), [](const Json& net) { return NetTerm("dst", net); }));
  if (IsStream(route)) return out;
  AppendAnd(out, Either(At(route, "methods"), [](const Json& method) {
              return Cat("http.method == ", Raw(Text(method)));
            }));
  AppendAnd(out, Either(At(route, "hosts"), HostTerm));
  for (const auto& [name, values] : At(route, "headers").items())
    AppendAnd(out, HeaderTerms(name, values));
  return out;
}

std::string_view PlainProtocol(std::string_view protocol) {
  if (protocol == "grpc") return "http";
  if (protocol == "grpcs") return "https";
  return protocol == "tls_passthrough" ? "tcp" : protocol;
}

}  // namespace

Expression::Schema SchemaOf(const Json& route) {
  return IsStream(route) ? Expression::Schema::kStream : Expression::Schema::kHttp;
}

std::string WholeExpression(const Json& route) {
  std::string text(TextAt(route, "expression"));
  const Json& given = At(route, "protocols");
  Json protocols = given.empty() ? Json{"http", "https"} : given;
  std::string_view only = protocols.size() == 1 ? Text(protocols[0]) : "";
  if (only == "https" || only == "tls" || only == "tls_passthrough") return text;
  AppendAnd(text, Either(protocols, [](const Json& protocol) {
              return Cat("net.protocol == ", Raw(PlainProtocol(Text(protocol))));
            }));
  return text;
}

std::string TraditionalExpression(const Json& route, const std::vector<std::string_view>& paths) {
  std::string text = CriteriaOf(route);
  if (!IsStream(route)) AppendAnd(text, Either(paths, PathTerm));
  return text;
}

std::vector<std::string_view> PathsOf(const Json& route) {
  std::vector<std::string_view> paths;
  for (const Json& path : At(route, "paths")) paths.push_back(Text(path));
  return paths;
}

}  // namespace kong
