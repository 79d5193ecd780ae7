#include "kong/grpc_match.h"

#include <algorithm>

#include "engine/text.h"
#include "kong/gateway_expression.h"
#include "kong/http_match.h"
#include "kong/route_match.h"
#include "kong/route_order.h"
#include "kong/validity.h"

namespace kong {
namespace {

using engine::Cat;
using k8s::ValueMatch;

constexpr uint64_t kFromGrpcRoute = 1;
constexpr size_t kNameMost = 2047;  // What the bits of the priority hold.
constexpr std::string_view kPath = "http.path";

// Alternatives of a part must not become alternatives of the whole.
std::string Whole(std::string_view regex) {
  return regex.find('|') == std::string_view::npos ? std::string(regex) : Cat("(?:", regex, ')');
}

std::string ServiceRegex(const k8s::GrpcMatch& match) {
  if (match.service.empty()) return match.regex ? ".+" : "[^/]+";
  return match.regex ? Whole(match.service) : EscapeRegex(match.service);
}

std::string MethodRegex(const k8s::GrpcMatch& match) {
  if (match.method.empty()) return match.regex ? ".+" : "";
  return match.regex ? Whole(match.method) : EscapeRegex(match.method);
}

absl::Status CheckHeader(const ValueMatch& header, bool expressions) {
  if (!header.unknown_type.empty())
    return engine::InvalidArgument("unknown/unsupported header match type: ", header.unknown_type);
  if (expressions && HeaderField(header.name).empty()) {
    return engine::InvalidArgument("header \"", header.name,
                                   "\" has a name that Kong's expressions cannot spell");
  }
  if (!expressions && engine::EqualIgnoringCase(header.name, "host"))
    return engine::InvalidArgument("header \"Host\" cannot be matched: use hostnames");
  if (!header.regex) return absl::OkStatus();
  std::string why = WhyBadRegex(header.value);
  if (why.empty()) return absl::OkStatus();
  return engine::InvalidArgument("header \"", header.name,
                                 "\" has no valid regular expression: ", why);
}

}  // namespace

absl::Status CheckMatch(const k8s::GrpcMatch& match, bool expressions) {
  if (!match.unknown_type.empty())
    return engine::InvalidArgument("method match type \"", match.unknown_type, "\" is not known");
  if (match.regex) {
    std::string why = WhyBadRegex(Cat('/', ServiceRegex(match), '/', MethodRegex(match)));
    if (!why.empty())
      return engine::InvalidArgument("method match is no valid regular expression: ", why);
  }
  for (const ValueMatch& header : match.headers) {
    absl::Status status = CheckHeader(header, expressions);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

std::string GrpcPath(const k8s::GrpcMatch& match) {
  if (!match.has_method || (match.service.empty() && match.method.empty())) return "/";
  if (!match.regex && match.method.empty()) {
    // A prefix, because Kong looks at regexes first: those of single methods must come before.
    std::string prefix = Cat('/', match.service, '/');
    if (NormalPath(prefix) == prefix) return prefix;
  }
  std::string path = Cat("~/", ServiceRegex(match), '/', MethodRegex(match));
  // A service alone takes all of its methods; where a regex ends is for its author to say.
  return match.regex || match.method.empty() ? path : Cat(path, '$');
}

std::vector<std::pair<std::string, std::vector<std::string>>> HeadersOf(
    const k8s::GrpcMatch& match) {
  std::vector<std::pair<std::string, std::vector<std::string>>> headers;
  for (const ValueMatch* header : FirstOfEachName(match.headers, true))
    headers.push_back({header->name, {header->regex ? Cat("~*", header->value) : header->value}});
  return headers;
}

std::string MethodExpression(const k8s::GrpcMatch& match) {
  if (!match.has_method) return "";
  if (match.service.empty() && match.method.empty()) return Predicate(kPath, "^=", "/");
  if (match.regex) {
    return Predicate(kPath, "~", Cat("^/", ServiceRegex(match), '/', MethodRegex(match)));
  }
  if (match.method.empty()) return Predicate(kPath, "^=", Cat('/', match.service, '/'));
  if (match.service.empty()) return Predicate(kPath, "=^", Cat('/', match.method));
  return Predicate(kPath, "==", Cat('/', match.service, '/', match.method));
}

std::string HeaderExpression(const k8s::GrpcMatch& match) {
  std::vector<std::string> headers;
  for (const ValueMatch* header : FirstOfEachName(match.headers, true)) {
    headers.push_back(
        Predicate(HeaderField(header->name), header->regex ? "~" : "==", header->value));
  }
  return Joined("&&", headers);
}

uint64_t PriorityOf(const k8s::GrpcMatch& match, std::string_view host) {
  return HostBits(kFromGrpcRoute, host) |
         uint64_t{std::min(match.service.size(), kNameMost)} << 24 |
         uint64_t{std::min(match.method.size(), kNameMost)} << 13 |
         std::min<uint64_t>(FirstOfEachName(match.headers, true).size(), 31) << 8;
}

MatchPattern PatternOf(const k8s::GrpcMatch& match, std::string_view host, std::string_view rest) {
  MatchPattern pattern;
  const bool told_apart = host.size() <= 255;
  pattern.apart = JoinParts({told_apart ? host : ""});
  pattern.rest = JoinParts({rest, told_apart ? "" : host});
  const bool literal =
      !match.regex && match.service.size() < kNameMost && match.method.size() < kNameMost;
  if (!match.has_method || literal) {
    // Of equal lengths, as equal bits say, different names exclude each other.
    if (!match.service.empty()) pattern.exact.emplace_back("s:", match.service);
    if (!match.method.empty()) pattern.exact.emplace_back("m:", match.method);
  } else {
    pattern.rest += JoinParts({"p:", MethodExpression(match)});
  }
  for (const ValueMatch* header : FirstOfEachName(match.headers, true)) {
    std::string name = engine::Lower(header->name);
    if (header->regex)
      pattern.rest += JoinParts({"h:", name, header->value});
    else
      pattern.exact.emplace_back(Cat("h:", name), header->value);
  }
  std::sort(pattern.exact.begin(), pattern.exact.end());
  return pattern;
}

}  // namespace kong
