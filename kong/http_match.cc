#include "kong/http_match.h"

#include <algorithm>
#include <set>

#include "engine/text.h"
#include "kong/gateway_expression.h"
#include "kong/route_match.h"
#include "kong/route_order.h"
#include "kong/validity.h"

namespace kong {
namespace {

using engine::Cat;
using k8s::HttpPathType;
using k8s::ValueMatch;

constexpr uint64_t kFromHttpRoute = 2;
constexpr size_t kPathLengthMost = 1024;  // What the bits of the priority hold.

// Kong compares the normal form of a request's path, and takes no other form of a route's.
std::string PathOf(const k8s::HttpMatch& match) {
  return match.path_type == HttpPathType::kRegex ? match.path : NormalPath(match.path);
}

std::string_view WithoutCaret(std::string_view regex) {
  if (regex.starts_with('^')) regex.remove_prefix(1);
  return regex;
}

std::string PathExpression(const k8s::HttpMatch& match, bool captures) {
  constexpr std::string_view kField = "http.path";
  const std::string path = PathOf(match);
  if (match.path_type == HttpPathType::kExact) return Predicate(kField, "==", path);
  if (match.path_type == HttpPathType::kRegex) {
    return Predicate(kField, "~", path.starts_with('^') ? path : Cat('^', path));
  }
  std::string_view base = WithoutTrailingSlash(path);
  const bool root = base == "/";
  if (captures) {
    std::string rest = root ? "^/(.*)" : Cat('^', EscapeRegex(base), "(/.*)");
    return Joined("||", {Predicate(kField, "==", base), Predicate(kField, "~", rest)});
  }
  if (root) return Predicate(kField, "^=", "/");
  return Joined("||", {Predicate(kField, "==", base), Predicate(kField, "^=", Cat(base, '/'))});
}

std::string ValueExpression(std::string_view field, const ValueMatch& match) {
  return Predicate(field, match.regex ? "~" : "==", match.value);
}

absl::Status CheckValue(const ValueMatch& match, std::string_view what, bool spelled) {
  if (!match.unknown_type.empty()) {
    return engine::InvalidArgument("unknown/unsupported ", what,
                                   " match type: ", match.unknown_type);
  }
  if (!spelled) {
    return engine::InvalidArgument(what, " \"", match.name,
                                   "\" has a name that Kong's expressions cannot spell; only "
                                   "letters, digits, '_' and '.' are possible");
  }
  if (!match.regex) return absl::OkStatus();
  std::string why = WhyBadRegex(match.value);
  if (why.empty()) return absl::OkStatus();
  return engine::InvalidArgument(what, " \"", match.name,
                                 "\" has no valid regular expression: ", why);
}

absl::Status CheckPath(const k8s::HttpMatch& match) {
  if (match.path_type == HttpPathType::kOther)
    return engine::InvalidArgument("path \"", match.path, "\" is of no known type");
  if (match.path_type == HttpPathType::kRegex) {
    std::string why = WhyBadRegex(match.path);
    if (why.empty()) return absl::OkStatus();
    return engine::InvalidArgument("path \"", match.path,
                                   "\" is no valid regular expression: ", why);
  }
  if (match.path.starts_with('/')) return absl::OkStatus();
  return engine::InvalidArgument("path \"", match.path, "\" must begin with a slash");
}

}  // namespace

std::string_view WithoutTrailingSlash(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path.empty() ? "/" : path;
}

std::vector<const ValueMatch*> FirstOfEachName(const std::vector<ValueMatch>& matches,
                                               bool ignore_case) {
  std::vector<const ValueMatch*> first;
  std::set<std::string> names;
  for (const ValueMatch& match : matches) {
    if (names.insert(ignore_case ? engine::Lower(match.name) : match.name).second)
      first.push_back(&match);
  }
  std::stable_sort(first.begin(), first.end(),
                   [](const ValueMatch* a, const ValueMatch* b) { return a->name < b->name; });
  return first;
}

absl::Status CheckMatch(const k8s::HttpMatch& match, bool expressions) {
  if (absl::Status status = CheckPath(match); !status.ok()) return status;
  for (const ValueMatch& header : match.headers) {
    bool spelled = !expressions || !HeaderField(header.name).empty();
    if (absl::Status status = CheckValue(header, "header", spelled); !status.ok()) return status;
    if (!expressions && engine::EqualIgnoringCase(header.name, "host"))
      return engine::InvalidArgument("header \"Host\" cannot be matched: use hostnames");
  }
  if (!expressions && !match.queries.empty())
    return engine::InvalidArgument("query param matches are not yet supported");
  for (const ValueMatch& query : match.queries) {
    absl::Status status = CheckValue(query, "query parameter", !QueryField(query.name).empty());
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

std::string TraditionalKey(const k8s::HttpMatch& match) {
  std::string key = JoinParts({match.method});
  for (const ValueMatch* header : FirstOfEachName(match.headers, true))
    key += JoinParts({engine::Lower(header->name), header->regex ? "~" : "=", header->value});
  return key;
}

void AppendPaths(const k8s::HttpMatch& match, bool captures, std::vector<std::string>& paths) {
  const std::string path = PathOf(match);
  if (match.path_type == HttpPathType::kExact) {
    paths.push_back(Cat('~', EscapeRegex(path), '$'));
  } else if (match.path_type == HttpPathType::kRegex) {
    std::string_view regex = WithoutCaret(path);
    paths.push_back(regex.starts_with('/') ? Cat('~', regex) : Cat("~/{0}(?:", regex, ')'));
  } else {
    std::string_view base = WithoutTrailingSlash(path);
    const bool root = base == "/";
    std::string escaped = EscapeRegex(base);
    paths.push_back(Cat('~', escaped, '$'));
    if (captures)
      paths.push_back(root ? "~/(.*)" : Cat('~', escaped, "(/.*)"));
    else
      paths.push_back(root ? "/" : Cat(base, '/'));
  }
}

std::vector<std::pair<std::string, std::vector<std::string>>> HeadersOf(
    const k8s::HttpMatch& match) {
  std::vector<std::pair<std::string, std::vector<std::string>>> headers;
  for (const ValueMatch* header : FirstOfEachName(match.headers, true)) {
    headers.push_back({header->name, {header->regex ? Cat("~*", header->value) : header->value}});
  }
  return headers;
}

std::string ExpressionOf(const k8s::HttpMatch& match, bool captures) {
  std::vector<std::string> headers, queries;
  for (const ValueMatch* header : FirstOfEachName(match.headers, true))
    headers.push_back(ValueExpression(HeaderField(header->name), *header));
  for (const ValueMatch* query : FirstOfEachName(match.queries, false))
    queries.push_back(ValueExpression(QueryField(query->name), *query));
  std::string method = match.method.empty() ? "" : Predicate("http.method", "==", match.method);
  return Joined("&&", {PathExpression(match, captures), Joined("&&", headers),
                       Joined("&&", queries), method});
}

uint64_t PriorityOf(const k8s::HttpMatch& match, std::string_view host) {
  uint64_t length = std::min(PathOf(match).size(), kPathLengthMost);
  return HostBits(kFromHttpRoute, host) | uint64_t{match.path_type == HttpPathType::kExact} << 34 |
         uint64_t{match.path_type == HttpPathType::kRegex} << 33 |
         (length > 0 ? length - 1 : 0) << 23 | uint64_t{!match.method.empty()} << 22 |
         std::min<uint64_t>(FirstOfEachName(match.headers, true).size(), 31) << 17 |
         std::min<uint64_t>(FirstOfEachName(match.queries, false).size(), 31) << 12;
}

MatchPattern PatternOf(const k8s::HttpMatch& match, std::string_view host, std::string_view rest) {
  MatchPattern pattern;
  const bool regex = match.path_type == HttpPathType::kRegex;
  const std::string path = PathOf(match);
  const bool told_apart = !regex && path.size() < kPathLengthMost && host.size() <= 255;
  pattern.apart = JoinParts({host, told_apart ? path : "", match.method});
  pattern.rest = JoinParts({rest, told_apart ? "" : path});
  auto add = [&](std::string_view kind, const ValueMatch& value, std::string name) {
    if (value.regex)
      pattern.rest += JoinParts({kind, name, value.value});
    else
      pattern.exact.emplace_back(Cat(kind, name), value.value);
  };
  for (const ValueMatch* header : FirstOfEachName(match.headers, true))
    add("h:", *header, engine::Lower(header->name));
  for (const ValueMatch* query : FirstOfEachName(match.queries, false))
    add("q:", *query, query->name);
  std::sort(pattern.exact.begin(), pattern.exact.end());
  return pattern;
}

}  // namespace kong
