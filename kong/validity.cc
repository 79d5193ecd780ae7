#include "kong/validity.h"

#include <array>
#include <initializer_list>
#include <utility>

#include "absl/status/statusor.h"
#include "engine/text.h"
#include "kong/expression.h"
#include "kong/router_expression.h"
#include "re2/re2.h"

namespace kong {
namespace {

using engine::Cat;

bool IsHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool HasMember(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

int HexDigit(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

// Decodes %XX except of reserved characters, whose digits become upper case.
std::string DecodeUnreserved(std::string_view path) {
  std::string out;
  for (size_t at = 0; at < path.size(); ++at) {
    bool encoded =
        path[at] == '%' && at + 2 < path.size() && IsHex(path[at + 1]) && IsHex(path[at + 2]);
    if (!encoded) {
      out += path[at];
      continue;
    }
    char c = static_cast<char>(HexDigit(path[at + 1]) * 16 + HexDigit(path[at + 2]));
    if (HasMember("!*'();:@&=+$,/?%#[]", c)) {
      out += engine::Upper(path.substr(at, 3));
    } else {
      out += c;
    }
    at += 2;
  }
  return out;
}

bool IsListOfText(const Json& value) {
  if (!value.is_array()) return false;
  for (const Json& element : value) {
    if (!element.is_string()) return false;
  }
  return true;
}

void Add(Breaches& out, std::string field, std::string why) {
  out.push_back({std::move(field), std::move(why)});
}

std::string JudgePath(std::string_view path) {
  if (path.starts_with('~')) {
    std::string why = JudgeRegex(path.substr(1));
    if (why.empty()) return {};
    return Cat("invalid regex: '", path.substr(1),
               "' (PCRE returned: pcre2_compile() failed: ", why, " in \"", path.substr(1), "\")");
  }
  std::string normal = NormalPath(path);
  if (normal != path) return Cat("non-normalized path, consider use '", normal, "' instead");
  return {};
}

std::string_view WithoutPort(std::string_view address) {
  size_t colon = address.rfind(':');
  if (colon == address.npos || address.ends_with(']')) return address;
  bool one_colon = address.find(':') == colon || address[colon - 1] == ']';
  bool digits = engine::ParseInt(address.substr(colon + 1)).has_value();
  return one_colon && digits ? address.substr(0, colon) : address;
}

bool HasAny(const Json& row, std::initializer_list<std::string_view> fields) {
  for (std::string_view field : fields) {
    const Json& value = At(row, field);
    if (!value.is_null() && !value.empty()) return true;
  }
  return false;
}

// The protocols of a route or their default.
Json ProtocolsOf(const Json& row) {
  const Json& protocols = At(row, "protocols");
  return protocols.is_array() && !protocols.empty() ? protocols : Json{"http", "https"};
}

bool HasOnly(const Json& protocols, std::initializer_list<std::string_view> allowed) {
  for (const Json& protocol : protocols) {
    bool found = false;
    for (std::string_view one : allowed) found = found || Text(protocol) == one;
    if (!found) return false;
  }
  return true;
}

void ForbidFields(const Json& row, std::initializer_list<std::string_view> fields,
                  std::string_view when, Breaches& out) {
  for (std::string_view field : fields) {
    const Json& value = At(row, field);
    if (value.is_null() || value.empty() || value == false) continue;
    Add(out, std::string(field), Cat("cannot set '", field, "' when 'protocols' is ", when));
  }
}

std::string JudgeUrl(std::string_view url) {
  static const RE2 form("^([A-Za-z][A-Za-z0-9+.-]*:)?(//[^/?#]+)?");
  re2::StringPiece scheme, host;
  RE2::PartialMatch(re2::StringPiece(url.data(), url.size()), form, &scheme, &host);
  if (host.empty()) return "missing host in url";
  if (scheme.empty()) return "missing scheme in url";
  return {};
}

}  // namespace

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t at = 0; at < text.size(); ++at) {
    bool dash = at == 8 || at == 13 || at == 18 || at == 23;
    if (dash ? text[at] != '-' : !IsHex(text[at])) return false;
  }
  return true;
}

std::string JudgeRegex(std::string_view pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  RE2 compiled(re2::StringPiece(pattern.data(), pattern.size()), options);
  switch (compiled.error_code()) {
    case RE2::NoError:
    case RE2::ErrorBadPerlOp:  // Look-around, which PCRE has.
    case RE2::ErrorBadEscape:  // Back references and PCRE's own escapes.
    case RE2::ErrorRepeatSize:
    case RE2::ErrorPatternTooLarge:
    case RE2::ErrorBadNamedCapture:
    case RE2::ErrorBadUTF8:
    case RE2::ErrorRepeatOp:  // Possessive quantifiers.
      return {};
    case RE2::ErrorMissingParen:
      return "missing closing parenthesis";
    case RE2::ErrorUnexpectedParen:
      return "unmatched closing parenthesis";
    case RE2::ErrorMissingBracket:
      return "missing terminating ] for character class";
    default:
      return compiled.error();
  }
}

std::string NormalPath(std::string_view path) {
  std::string decoded = DecodeUnreserved(path);
  std::string out;
  std::vector<std::string_view> segments = engine::Split(decoded, '/');
  for (size_t at = 1; at < segments.size(); ++at) {
    bool last = at + 1 == segments.size();
    if (segments[at] == "." || segments[at] == "..") {
      if (segments[at] == "..") out.resize(out.rfind('/') == out.npos ? 0 : out.rfind('/'));
      if (last) out += '/';
    } else if (last || !segments[at].empty()) {
      out += Cat("/", segments[at]);
    }
  }
  return out.empty() ? "/" : out;
}

bool IsHostname(std::string_view text) {
  if (text.empty() || text.size() > 255) return false;
  if (text.starts_with('[')) return text.ends_with(']');
  bool ipv6 = HasMember(text, ':');
  for (char c : text) {
    bool fits = IsAlphanumeric(c) || c == '.' || c == '-' || c == '_' || (ipv6 && c == ':');
    if (!fits) return false;
  }
  return ipv6 || (text.front() != '.' && text.front() != '-' && text.find("..") == text.npos);
}

void CheckTags(const Json& row, Breaches& out) {
  const Json& tags = At(row, "tags");
  if (!IsListOfText(tags)) return;
  for (size_t at = 0; at < tags.size(); ++at) {
    bool bad = false;
    for (char c : Text(tags[at])) {
      bad = bad || c == ',' || c == '/' || (static_cast<unsigned char>(c) < 0x20) || c == 0x7f;
    }
    if (!bad) continue;
    Add(out, Cat("tags.", at),
        Cat("invalid tag '", Text(tags[at]),
            "': expected printable ascii (except `,` and `/`) or valid utf-8 sequences"));
  }
}

void CheckName(std::string_view array, const Json& row, Breaches& out) {
  std::string_view name = TextAt(row, "name");
  if (name.empty()) return;
  if (array == "services" || array == "routes") {
    for (char c : name) {
      if (static_cast<unsigned char>(c) < 0x80 && !IsAlphanumeric(c) && !HasMember(".-_~", c)) {
        Add(out, "name",
            Cat("invalid value '", name,
                "': the only accepted ascii characters are alphanumerics or ., -, _, and ~"));
        return;
      }
    }
  }
  if (array == "upstreams" && !IsHostname(name)) {
    Add(out, "name", "Invalid name; must be a valid hostname");
  }
  bool wild = name == "*" || IsHostname(name.starts_with("*.") ? name.substr(2) : name) ||
              (name.ends_with(".*") && IsHostname(name.substr(0, name.size() - 2)));
  if (array == "snis" && !wild) {
    Add(out, "name", Cat("invalid value: ", name));
  }
}

void CheckAddress(std::string_view array, const Json& row, Breaches& out) {
  if (array == "services") {
    std::string_view host = TextAt(row, "host");
    bool reference = host.starts_with("{vault://");
    if (!host.empty() && !reference && !IsHostname(host)) {
      Add(out, "host", Cat("invalid value: ", host));
    }
    return;
  }
  if (array != "targets") return;
  std::string_view target = TextAt(row, "target");
  if (!target.empty() && !IsHostname(WithoutPort(target))) {
    Add(out, "target", Cat("Invalid target ('", target, "'); not a valid hostname or ip address"));
  }
}

// A wildcard counts as a label; a port may follow.
void CheckHosts(const Json& row, Breaches& out) {
  const Json& hosts = At(row, "hosts");
  if (!IsListOfText(hosts)) return;
  for (size_t at = 0; at < hosts.size(); ++at) {
    std::string host(WithoutPort(Text(hosts[at])));
    if (size_t star = host.find('*'); star != host.npos) host.replace(star, 1, "abc");
    if (!IsHostname(host)) Add(out, Cat("hosts.", at), Cat("invalid hostname: ", Text(hosts[at])));
  }
}

void CheckPaths(const Json& row, Breaches& out) {
  const Json& paths = At(row, "paths");
  if (!IsListOfText(paths)) return;
  for (size_t at = 0; at < paths.size(); ++at) {
    std::string_view path = Text(paths[at]);
    if (!path.starts_with('/') && !path.starts_with("~/")) continue;  // The schema says so already.
    std::string verdict = JudgePath(path);
    if (!verdict.empty()) Add(out, Cat("paths.", at), std::move(verdict));
  }
}

void CheckProtocolFields(const Json& row, Breaches& out) {
  Json protocols = ProtocolsOf(row);
  if (HasOnly(protocols, {"grpc", "grpcs"})) {
    ForbidFields(row, {"strip_path", "methods", "sources", "destinations"}, "'grpc' or 'grpcs'",
                 out);
  } else if (HasOnly(protocols, {"tcp", "tls", "udp", "tls_passthrough"})) {
    ForbidFields(row, {"methods", "hosts", "paths", "headers"},
                 "'tcp', 'tls', 'tls_passthrough' or 'udp'", out);
  } else if (HasOnly(protocols, {"http", "https"})) {
    ForbidFields(row, {"sources", "destinations"}, "'http' or 'https'", out);
  }
}

void CheckMatchFields(const Json& row, bool expressions, Breaches& out) {
  Json protocols = ProtocolsOf(row);
  bool expression = expressions && HasAny(row, {"expression"});
  if (expression &&
      HasAny(row, {"methods", "hosts", "paths", "headers", "snis", "sources", "destinations"})) {
    Add(out, "", "cannot set a traditional match field together with 'expression'");
  }
  if (expression) return;
  if (HasOnly(protocols, {"http"})) {
    if (HasAny(row, {"methods", "hosts", "headers", "paths"})) return;
    Add(out, "",
        "must set one of 'methods', 'hosts', 'headers', 'paths' when 'protocols' is 'http'");
  } else if (HasOnly(protocols, {"http", "https"})) {
    if (HasAny(row, {"methods", "hosts", "headers", "paths", "snis"})) return;
    Add(out, "",
        "must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is "
        "'https'");
  } else if (HasOnly(protocols, {"grpc", "grpcs"})) {
    if (HasAny(row, {"hosts", "headers", "paths", "snis"})) return;
    Add(out, "",
        HasOnly(protocols, {"grpc"})
            ? "must set one of 'hosts', 'headers', 'paths' when 'protocols' is 'grpc'"
            : "must set one of 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'grpcs'");
  } else if (HasOnly(protocols, {"tls_passthrough"})) {
    if (!HasAny(row, {"snis"})) {
      Add(out, "", "must set snis when 'protocols' is 'tls_passthrough'");
    }
  } else if (HasOnly(protocols, {"tcp", "tls", "udp"})) {
    if (HasAny(row, {"sources", "destinations", "snis"})) return;
    Add(out, "",
        "must set one of 'sources', 'destinations', 'snis' when 'protocols' is 'tcp', 'tls' "
        "or 'udp'");
  }
}

// Also a route without an expression is one to Kong's router.
void CheckRouterExpression(const Json& row, bool expressions, Breaches& out) {
  bool own = expressions && HasAny(row, {"expression"});
  std::string text = own ? WholeExpression(row) : TraditionalExpression(row, PathsOf(row));
  absl::StatusOr<Expression> parsed = Expression::Parse(text, SchemaOf(row));
  if (parsed.ok()) return;
  Add(out, "", Cat("Router Expression failed validation: ", engine::MessageOf(parsed.status())));
}

void CheckUrls(const Json& row, Breaches& out) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kUrls = {
      {{"redirect", "config.location"}, {"http-log", "config.http_endpoint"}}};
  for (const auto& [plugin, field] : kUrls) {
    std::string_view url = Text(AtPath(row, field));
    if (TextAt(row, "name") != plugin || url.empty() || url.starts_with("{vault://")) continue;
    std::string verdict = JudgeUrl(url);
    if (!verdict.empty()) Add(out, std::string(field), std::move(verdict));
  }
}

Breaches CheckEntity(std::string_view array, const Json& row, bool expressions) {
  Breaches out;
  if (!row.is_object()) return out;
  CheckTags(row, out);
  CheckName(array, row, out);
  CheckAddress(array, row, out);
  if (array == "routes") {
    CheckHosts(row, out);
    CheckPaths(row, out);
    CheckProtocolFields(row, out);
    CheckMatchFields(row, expressions, out);
    if (out.empty()) CheckRouterExpression(row, expressions, out);
  } else if (array == "plugins") {
    CheckUrls(row, out);
  } else if (array == "certificates") {
    CheckKeyPairs(row, out);
  } else if (array == "ca_certificates") {
    CheckAuthority(row, out);
  } else if (array == "jwt_secrets") {
    CheckPublicKey(row, out);
  }
  return out;
}

}  // namespace kong
