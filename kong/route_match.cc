#include "kong/route_match.h"

#include <algorithm>

#include "engine/text.h"
#include "kong/expression.h"
#include "kong/validity.h"
#include "re2/re2.h"

namespace kong {
namespace {

using engine::Cat;
using k8s::PathType;

std::string_view TrimSlashes(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

std::string_view TrimLeadingSlashes(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

bool IsGoodRegex(std::string_view path) { return JudgeRegexPath(path).ok(); }

// As Kong has the paths of requests; what is no path stays as it is.
std::string Normal(std::string path) { return path.starts_with('/') ? NormalPath(path) : path; }

// Kong anchors a regex itself, and takes none that does not begin with "/": no slash at all begins
// so, too.
std::string MarkedRegex(std::string_view regex) {
  if (regex.starts_with('^')) regex.remove_prefix(1);
  if (regex.empty()) return "~/";
  return regex.starts_with('/') ? Cat('~', regex) : Cat("~/{0}(?:", regex, ')');
}

// The prefix that the author wrote becomes the one that Kong reads. Kong compares the normal form
// of a request's path, and takes no other form of a route's.
std::string WithKongsMark(std::string path, const RegexMarks& marks) {
  if (!marks.prefix.empty() && path.starts_with(marks.prefix))
    return MarkedRegex(std::string_view(path).substr(marks.prefix.size()));
  if (path.starts_with('~')) return path;
  if (marks.legacy_detection && LooksLikeRegex(path) && IsGoodRegex(path)) return Cat('~', path);
  return Normal(std::move(path));
}

// `relative` has no leading slash.
std::string ExactRegex(std::string_view relative, std::string_view path, const RegexMarks& marks) {
  bool is_regex = path.starts_with(marks.prefix) ||
                  (marks.legacy_detection && LooksLikeRegex(path) && IsGoodRegex(path));
  if (is_regex) return Cat("~/", relative, '$');
  return Cat('~', EscapeRegex(NormalPath(Cat('/', relative))), '$');
}

bool IsRegex(const Criteria::Path& path, std::string_view prefix) {
  return path.type == PathType::kImplementationSpecific && path.path.starts_with(prefix);
}

std::string PathExpression(const Criteria::Path& path, std::string_view prefix) {
  constexpr std::string_view kField = "http.path";
  if (path.type == PathType::kExact) {
    return Predicate(kField, "==", NormalPath(Cat('/', TrimLeadingSlashes(path.path))));
  }
  if (path.type == PathType::kPrefix) {
    std::string_view base = TrimSlashes(path.path);
    if (base.empty()) return Predicate(kField, "^=", "/");
    return Joined("||", {Predicate(kField, "==", NormalPath(Cat('/', base))),
                         Predicate(kField, "^=", NormalPath(Cat('/', base, '/')))});
  }
  if (!IsRegex(path, prefix)) return Predicate(kField, "^=", Normal(std::string(path.path)));
  std::string_view regex = path.path.substr(prefix.size());
  if (regex.empty()) regex = "/";
  return Predicate(kField, "~", regex.starts_with('^') ? std::string(regex) : Cat('^', regex));
}

// A wildcard is the first label of a host, or the last.
std::string HostExpression(std::string_view host) {
  constexpr std::string_view kField = "http.host";
  if (host.starts_with('*')) return Predicate(kField, "=^", host.substr(1));
  if (host.ends_with('*')) return Predicate(kField, "^=", host.substr(0, host.size() - 1));
  return Predicate(kField, "==", host);
}

std::string HeaderExpression(std::string_view name, const std::vector<std::string_view>& values) {
  std::string field = Cat("http.headers.", engine::Lower(name));
  std::replace(field.begin(), field.end(), '-', '_');
  std::vector<std::string> any;
  for (std::string_view value : values) {
    bool regex = value.starts_with("~*");
    any.push_back(Predicate(field, regex ? "~" : "==", regex ? value.substr(2) : value));
  }
  return Joined("||", any);
}

template <class Values, class Text>
std::string AnyOf(const Values& values, Text text) {
  std::vector<std::string> any;
  for (const auto& value : values) any.push_back(text(value));
  return Joined("||", any);
}

size_t LengthOf(const Criteria::Path& path, std::string_view prefix) {
  if (path.type == PathType::kExact) return 1 + TrimLeadingSlashes(path.path).size();
  if (path.type == PathType::kPrefix) {
    std::string_view base = TrimSlashes(path.path);
    return base.empty() ? 1 : base.size() + 2;
  }
  return IsRegex(path, prefix) ? path.path.size() - prefix.size() : path.path.size();
}

}  // namespace

std::string CollapseSlashes(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (char c : path) {
    if (c != '/' || !out.ends_with('/')) out += c;
  }
  return out.empty() ? "/" : out;
}

bool LooksLikeRegex(std::string_view path) {
  static const RE2 kPlain(R"([a-zA-Z0-9.\-_~/%]*)");
  return !RE2::FullMatch(re2::StringPiece(path.data(), path.size()), kPlain);
}

std::string EscapeRegex(std::string_view literal) {
  constexpr std::string_view kSpecial = R"(\.+*?()|[]{}^$)";
  std::string out;
  for (char c : literal) {
    if (kSpecial.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

void AppendTraditionalPaths(std::string_view path, PathType type, const RegexMarks& marks,
                            std::vector<std::string>& out) {
  if (type == PathType::kExact) {
    out.push_back(WithKongsMark(ExactRegex(TrimLeadingSlashes(path), path, marks), marks));
  } else if (type == PathType::kPrefix) {
    std::string_view base = TrimSlashes(path);
    if (base.empty()) return out.push_back(WithKongsMark("/", marks));
    out.push_back(WithKongsMark(Cat('/', base, '/'), marks));
    out.push_back(WithKongsMark(ExactRegex(base, path, marks), marks));
  } else if (type == PathType::kUnset || type == PathType::kImplementationSpecific) {
    out.push_back(WithKongsMark(std::string(path), marks));
  }
}

absl::Status JudgeRegexPath(std::string_view regex) {
  return Expression::Parse(Predicate("http.path", "~", Cat('^', regex)), Expression::Schema::kHttp)
      .status();
}

std::string Predicate(std::string_view field, std::string_view op, std::string_view literal) {
  std::string out = Cat(field, ' ', op, " \"");
  for (char c : literal) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += c;
    }
  }
  out += '"';
  return out;
}

std::string Joined(std::string_view op, const std::vector<std::string>& members) {
  std::vector<const std::string*> said;
  for (const std::string& member : members) {
    if (!member.empty()) said.push_back(&member);
  }
  if (said.empty()) return "";
  if (said.size() == 1) return *said[0];
  std::string out;
  for (const std::string* member : said) {
    if (!out.empty()) out += Cat(' ', op, ' ');
    out += Cat('(', *member, ')');
  }
  return out;
}

std::string ExpressionOf(const Criteria& criteria) {
  std::vector<std::string> headers;
  for (const auto& [name, values] : criteria.headers)
    headers.push_back(HeaderExpression(name, values));
  return Joined(
      "&&",
      {AnyOf(criteria.hosts, HostExpression),
       AnyOf(criteria.paths,
             [&](const auto& path) { return PathExpression(path, criteria.regex_prefix); }),
       Joined("&&", headers),
       AnyOf(criteria.methods,
             [](std::string_view method) { return Predicate("http.method", "==", method); }),
       AnyOf(criteria.snis, [](std::string_view sni) { return Predicate("tls.sni", "==", sni); })});
}

uint64_t PriorityOf(const Criteria& criteria) {
  constexpr uint64_t kFromIngress = 3, kMostHeaders = 255, kLongestPath = 65535;
  uint64_t fields = !criteria.hosts.empty() + !criteria.paths.empty() + !criteria.headers.empty() +
                    !criteria.methods.empty() + !criteria.snis.empty() + uint64_t{0};
  bool plain_hosts =
      !criteria.hosts.empty() &&
      std::none_of(criteria.hosts.begin(), criteria.hosts.end(), [](std::string_view host) {
        return host.starts_with('*') || host.ends_with('*');
      });
  bool regex = false;
  uint64_t longest = 0;
  for (const Criteria::Path& path : criteria.paths) {
    // Exact and Prefix count as regexes, as their traditional routes have one.
    regex |= path.type == PathType::kExact || path.type == PathType::kPrefix ||
             IsRegex(path, criteria.regex_prefix);
    longest = std::max<uint64_t>(longest, LengthOf(path, criteria.regex_prefix));
  }
  return kFromIngress << 44 | fields << 41 |
         std::min<uint64_t>(criteria.headers.size(), kMostHeaders) << 33 |
         uint64_t{plain_hosts} << 32 | uint64_t{regex} << 16 | std::min(longest, kLongestPath);
}

}  // namespace kong
