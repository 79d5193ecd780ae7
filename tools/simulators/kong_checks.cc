#include "tools/simulators/kong_checks.h"

#include <array>
#include <initializer_list>
#include <utility>

#include "engine/text.h"
#include "re2/re2.h"
#include "tools/simulators/kong_certificates.h"
#include "tools/simulators/kong_validator.h"

namespace simulators {
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

// The verdict at an element, unless something stands there already.
void AddElementError(Json& errors, std::string_view field, size_t at, std::string verdict) {
  Json& list = errors[std::string(field)];
  if (list.is_null()) list = Json::array();
  if (!list.is_array()) return;
  while (list.size() <= at) list.push_back(nullptr);
  if (list[at].is_null()) list[at] = std::move(verdict);
}

void CheckTags(const Json& row, Json& errors) {
  const Json& tags = At(row, "tags");
  if (!IsListOfText(tags)) return;
  for (size_t at = 0; at < tags.size(); ++at) {
    bool bad = false;
    for (char c : Text(tags[at])) {
      bad = bad || c == ',' || c == '/' || (static_cast<unsigned char>(c) < 0x20) || c == 0x7f;
    }
    if (!bad) continue;
    AddElementError(
        errors, "tags", at,
        Cat("invalid tag '", Text(tags[at]),
            "': expected printable ascii (except `,` and `/`) or valid utf-8 sequences"));
  }
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

void CheckPaths(const Json& row, Json& errors) {
  const Json& paths = At(row, "paths");
  if (!IsListOfText(paths)) return;
  for (size_t at = 0; at < paths.size(); ++at) {
    std::string_view path = Text(paths[at]);
    if (!path.starts_with('/') && !path.starts_with("~/")) continue;  // The schema says so already.
    std::string verdict = JudgePath(path);
    if (!verdict.empty()) AddElementError(errors, "paths", at, std::move(verdict));
  }
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

std::string_view WithoutPort(std::string_view address) {
  size_t colon = address.rfind(':');
  if (colon == address.npos || address.ends_with(']')) return address;
  bool one_colon = address.find(':') == colon || address[colon - 1] == ']';
  bool digits = engine::ParseInt(address.substr(colon + 1)).has_value();
  return one_colon && digits ? address.substr(0, colon) : address;
}

void CheckNames(std::string_view entity, const Json& row, Json& errors) {
  std::string_view name = TextAt(row, "name");
  if (name.empty()) return;
  if (entity == "services" || entity == "routes") {
    for (char c : name) {
      if (static_cast<unsigned char>(c) < 0x80 && !IsAlphanumeric(c) && !HasMember(".-_~", c)) {
        AddFieldError(
            errors, "name",
            Cat("invalid value '", name,
                "': the only accepted ascii characters are alphanumerics or ., -, _, and ~"));
        return;
      }
    }
  }
  if (entity == "upstreams" && !IsHostname(name)) {
    AddFieldError(errors, "name", "Invalid name; must be a valid hostname");
  }
  bool wild = name == "*" || IsHostname(name.starts_with("*.") ? name.substr(2) : name) ||
              (name.ends_with(".*") && IsHostname(name.substr(0, name.size() - 2)));
  if (entity == "snis" && !wild) {
    AddFieldError(errors, "name", Cat("invalid value: ", name));
  }
}

void CheckAddresses(std::string_view entity, const Json& row, Json& errors) {
  if (entity == "services") {
    std::string_view host = TextAt(row, "host");
    bool reference = host.starts_with("{vault://");
    if (!host.empty() && !reference && !IsHostname(host)) {
      AddFieldError(errors, "host", Cat("invalid value: ", host));
    }
    return;
  }
  if (entity != "targets") return;
  std::string_view target = TextAt(row, "target");
  if (!target.empty() && !IsHostname(WithoutPort(target))) {
    AddFieldError(errors, "target",
                  Cat("Invalid target ('", target, "'); not a valid hostname or ip address"));
  }
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

bool Only(const Json& protocols, std::initializer_list<std::string_view> allowed) {
  for (const Json& protocol : protocols) {
    bool found = false;
    for (std::string_view one : allowed) found = found || Text(protocol) == one;
    if (!found) return false;
  }
  return true;
}

// What a route of these protocols may match on; none of it set is an error.
void CheckMatchFields(const Json& row, const Json& protocols, Json& errors) {
  if (!HasAny(row, {"expression"}) && Only(protocols, {"http"})) {
    if (HasAny(row, {"methods", "hosts", "headers", "paths"})) return;
    AddEntityError(
        errors,
        "must set one of 'methods', 'hosts', 'headers', 'paths' when 'protocols' is 'http'");
  } else if (Only(protocols, {"http", "https"})) {
    if (HasAny(row, {"expression", "methods", "hosts", "headers", "paths", "snis"})) return;
    AddEntityError(
        errors,
        "must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is "
        "'https'");
  } else if (Only(protocols, {"grpc", "grpcs"})) {
    if (HasAny(row, {"expression", "hosts", "headers", "paths", "snis"})) return;
    AddEntityError(
        errors,
        Only(protocols, {"grpc"})
            ? "must set one of 'hosts', 'headers', 'paths' when 'protocols' is 'grpc'"
            : "must set one of 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'grpcs'");
  } else if (Only(protocols, {"tls_passthrough"})) {
    if (!HasAny(row, {"expression", "snis"})) {
      AddEntityError(errors, "must set snis when 'protocols' is 'tls_passthrough'");
    }
  } else if (Only(protocols, {"tcp", "tls", "udp"})) {
    if (HasAny(row, {"expression", "sources", "destinations", "snis"})) return;
    AddEntityError(
        errors,
        "must set one of 'sources', 'destinations', 'snis' when 'protocols' is 'tcp', 'tls' "
        "or 'udp'");
  }
}

void ForbidFields(const Json& row, std::initializer_list<std::string_view> fields,
                  std::string_view when, Json& errors) {
  for (std::string_view field : fields) {
    const Json& value = At(row, field);
    if (value.is_null() || value.empty() || value == false) continue;
    AddFieldError(errors, field, Cat("cannot set '", field, "' when 'protocols' is ", when));
  }
}

void CheckRoute(RouterFlavor flavor, const Json& row, Json& errors) {
  CheckPaths(row, errors);
  Json protocols = ProtocolsOf(row);
  if (Only(protocols, {"grpc", "grpcs"})) {
    ForbidFields(row, {"strip_path", "methods", "sources", "destinations"}, "'grpc' or 'grpcs'",
                 errors);
  } else if (Only(protocols, {"tcp", "tls", "udp", "tls_passthrough"})) {
    ForbidFields(row, {"methods", "hosts", "paths", "headers"},
                 "'tcp', 'tls', 'tls_passthrough' or 'udp'", errors);
  } else if (Only(protocols, {"http", "https"})) {
    ForbidFields(row, {"sources", "destinations"}, "'http' or 'https'", errors);
  }
  Json visible = row;
  if (flavor == RouterFlavor::kTraditionalCompatible && visible.is_object())
    visible.erase("expression");
  CheckMatchFields(visible, protocols, errors);
  if (flavor != RouterFlavor::kExpressions || !HasAny(row, {"expression"})) return;
  if (HasAny(row, {"methods", "hosts", "paths", "headers", "snis", "sources", "destinations"})) {
    AddEntityError(errors, "cannot set a traditional match field together with 'expression'");
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

void CheckPlugin(const Json& row, Json& errors) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kUrls = {
      {{"redirect", "config.location"}, {"http-log", "config.http_endpoint"}}};
  for (const auto& [plugin, field] : kUrls) {
    std::string_view url = Text(AtPath(row, field));
    if (TextAt(row, "name") != plugin || url.empty() || url.starts_with("{vault://")) continue;
    std::string verdict = JudgeUrl(url);
    if (!verdict.empty()) AddFieldError(errors, field, std::move(verdict));
  }
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

void CheckInCode(RouterFlavor flavor, std::string_view entity, const Json& row, Json& errors) {
  if (!row.is_object()) return;
  CheckTags(row, errors);
  CheckNames(entity, row, errors);
  CheckAddresses(entity, row, errors);
  if (entity == "routes") CheckRoute(flavor, row, errors);
  if (entity == "plugins") CheckPlugin(row, errors);
  CheckCertificates(entity, row, errors);
}

}  // namespace simulators
