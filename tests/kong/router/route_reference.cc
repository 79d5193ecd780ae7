#include "tests/kong/router/route_reference.h"

#include <algorithm>
#include <compare>
#include <iterator>
#include <set>
#include <tuple>

#include "engine/text.h"
#include "tests/kong/router/regex_cache.h"

namespace kong {
namespace {

using engine::Cat;
using Type = MatchModel::Type;

struct Candidate {
  const RouteModel* route;
  std::string_view host;
  size_t rule, nth;
  const MatchModel* match;
};

// The question, and what is conceded.
struct Case {
  RouteKind kind;
  const RoutedRequest& request;
  RouteConcessions concessions;
  bool concedes(RouteConcessions what) const { return (concessions & what) != 0; }
};

bool IsNamed(std::string_view host) { return !host.empty() && !host.starts_with('*'); }

bool HostHolds(std::string_view rule, std::string_view host) {
  if (rule.empty() || rule == host) return true;
  return rule.starts_with("*.") && host.size() > rule.size() - 1 && host.ends_with(rule.substr(1));
}

// As expressions spell it.
std::string FieldOf(std::string_view header) {
  std::string field = engine::Lower(header);
  std::replace(field.begin(), field.end(), '-', '_');
  return field;
}

// Only the first of equal names counts.
std::vector<const ValueModel*> Counting(const std::vector<ValueModel>& values) {
  std::vector<const ValueModel*> counting;
  for (const ValueModel& each : values) {
    bool first = std::none_of(counting.begin(), counting.end(), [&](const ValueModel* other) {
      return engine::EqualIgnoringCase(other->name, each.name);
    });
    if (first) counting.push_back(&each);
  }
  return counting;
}

bool ValueHolds(const ValueModel& wanted, std::string_view given, bool ignore_case) {
  if (!ignore_case) return wanted.regex ? RegexHolds(given, wanted.value) : given == wanted.value;
  std::string lower = engine::Lower(given), value = engine::Lower(wanted.value);
  return wanted.regex ? RegexHolds(lower, value) : lower == value;
}

template <class NameOf>
bool ValuesHold(const std::vector<ValueModel>& wanted, const RoutedRequest::Multi& given,
                bool ignore_case, NameOf name_of) {
  if (wanted.empty()) return true;
  std::vector<const ValueModel*> counting = Counting(wanted);
  return std::all_of(counting.begin(), counting.end(), [&](const ValueModel* each) {
    std::string name = name_of(each->name);
    return std::any_of(given.begin(), given.end(), [&](const auto& pair) {
      return pair.first == name && ValueHolds(*each, pair.second, ignore_case);
    });
  });
}

// "/foo" of "/foo/", and nothing of "/".
std::string_view BaseOf(std::string_view prefix) {
  if (prefix.ends_with('/')) prefix.remove_suffix(1);
  return prefix;
}

bool HttpPathHolds(const MatchModel& match, std::string_view path) {
  if (match.type == Type::kExact) return path == match.path;
  if (match.type == Type::kRegex) return RegexHolds(path, Cat("^(?:", match.path, ")"));
  std::string_view prefix = BaseOf(match.path);
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

// "/SERVICE/METHOD".
bool GrpcPathHolds(const MatchModel& match, std::string_view path) {
  std::vector<std::string_view> parts = engine::Split(path, '/');
  if (parts.size() != 3) return false;
  if (match.type != Type::kRegex) {
    return (match.service.empty() || match.service == parts[1]) &&
           (match.method.empty() || match.method == parts[2]);
  }
  // As of HTTP's paths, the end of a regex is open.
  return (match.service.empty() || RegexHolds(parts[1], Cat("^(?:", match.service, ")$"))) &&
         (match.method.empty() || RegexHolds(parts[2], Cat("^(?:", match.method, ")")));
}

bool Holds(const Case& the, const MatchModel& match) {
  const RoutedRequest& request = the.request;
  bool path = the.kind == RouteKind::kGrpc
                  ? GrpcPathHolds(match, request.path)
                  : HttpPathHolds(match, request.path) &&
                        (match.method.empty() || match.method == request.method);
  if (!path) return false;
  if (!match.queries.empty() && the.concedes(kNoQueries)) return false;
  return ValuesHold(match.headers, request.headers, the.concedes(kHeaderValuesIgnoreCase),
                    FieldOf) &&
         ValuesHold(match.queries, request.queries, false,
                    [](const std::string& name) { return name; });
}

// ---- precedence, larger first

auto HostOrder(std::string_view host) { return std::tuple(IsNamed(host), host.size()); }

std::partial_ordering HttpOrder(const MatchModel& a, const MatchModel& b) {
  bool exact_a = a.type == Type::kExact, exact_b = b.type == Type::kExact;
  if (exact_a != exact_b) return exact_a <=> exact_b;
  if (!exact_a) {
    std::string_view base_a = BaseOf(a.path), base_b = BaseOf(b.path);
    if (base_a == base_b && a.path != b.path) return std::partial_ordering::unordered;
    if (base_a.size() != base_b.size()) return base_a.size() <=> base_b.size();
  }
  auto rest = [](const MatchModel& match) {
    return std::tuple(!match.method.empty(), Counting(match.headers).size(),
                      Counting(match.queries).size());
  };
  return rest(a) <=> rest(b);
}

std::partial_ordering GrpcOrder(const MatchModel& a, const MatchModel& b) {
  auto all = [](const MatchModel& match) {
    return std::tuple(match.service.size(), match.method.size(), Counting(match.headers).size());
  };
  return all(a) <=> all(b);
}

// Smaller comes first.
auto AgeOrder(const Candidate& c) {
  return std::tie(c.route->created_s, c.route->ns, c.route->name, c.rule);
}

// What Kong looks at before paths, where it makes up the priorities.
auto CriteriaOf(const Case& the, const Candidate& c) {
  const std::vector<std::string>& hosts = c.route->hosts;
  const MatchModel& match = *c.match;
  bool http = the.kind == RouteKind::kHttp;
  bool paths = http ? !c.route->rules[c.rule].matches.empty() || hosts.empty()
                    : !match.service.empty() || !match.method.empty() ||
                          (hosts.empty() && match.headers.empty());
  int kinds = paths + !hosts.empty() + !match.headers.empty() + (http && !match.method.empty());
  bool named = !hosts.empty() && std::all_of(hosts.begin(), hosts.end(), IsNamed);
  return std::tuple(kinds, named, Counting(match.headers).size());
}

bool PrecedesInPart(const Case& the, const Candidate& a, const Candidate& b) {
  if (CriteriaOf(the, a) != CriteriaOf(the, b)) return CriteriaOf(the, a) > CriteriaOf(the, b);
  if (a.match->type == Type::kRegex || b.match->type == Type::kRegex) return false;
  auto path = [&](const MatchModel& match) {
    if (the.kind == RouteKind::kGrpc) {
      bool alone = match.service.empty() && !the.concedes(kMethodsAloneComeFirst);
      bool first = !match.method.empty() && !alone;
      return std::tuple(first, first ? 0 : match.service.size());
    }
    std::string_view base = BaseOf(match.path);
    bool first = match.type == Type::kExact || (base.empty() ? "/" : base) == the.request.path;
    return std::tuple(first, first ? 0 : base.size());
  };
  return path(*a.match) > path(*b.match);
}

// Must `a` win over `b`, when both hold?
bool Precedes(const Case& the, const Candidate& a, const Candidate& b) {
  if (the.concedes(kKindsOfCriteriaComeFirst)) return PrecedesInPart(the, a, b);
  if (HostOrder(a.host) != HostOrder(b.host)) return HostOrder(a.host) > HostOrder(b.host);
  if (a.match->type == Type::kRegex || b.match->type == Type::kRegex) return false;
  auto order =
      the.kind == RouteKind::kHttp ? HttpOrder(*a.match, *b.match) : GrpcOrder(*a.match, *b.match);
  return order > 0 || (order == 0 && AgeOrder(a) < AgeOrder(b));
}

// ---- manifests

Json ValuesOf(const std::vector<ValueModel>& values) {
  Json list = Json::array();
  for (const ValueModel& each : values) {
    list.push_back({{"name", each.name},
                    {"value", each.value},
                    {"type", each.regex ? "RegularExpression" : "Exact"}});
  }
  return list;
}

Json HttpMatchOf(const MatchModel& match) {
  constexpr const char* kTypes[] = {"Exact", "PathPrefix", "RegularExpression"};
  Json path = {{"type", kTypes[static_cast<int>(match.type)]},
               {"value", match.spelling.empty() ? match.path : match.spelling}};
  Json out = {{"path", std::move(path)}};
  if (!match.method.empty()) out["method"] = match.method;
  if (!match.headers.empty()) out["headers"] = ValuesOf(match.headers);
  if (!match.queries.empty()) out["queryParams"] = ValuesOf(match.queries);
  return out;
}

Json GrpcMatchOf(const MatchModel& match) {
  Json out = Json::object();
  if (!match.headers.empty()) out["headers"] = ValuesOf(match.headers);
  if (match.service.empty() && match.method.empty()) return out;
  Json method = {{"type", match.type == Type::kRegex ? "RegularExpression" : "Exact"}};
  if (!match.service.empty()) method["service"] = match.service;
  if (!match.method.empty()) method["method"] = match.method;
  out["method"] = std::move(method);
  return out;
}

Json RuleOf(RouteKind kind, const RuleModel& model) {
  Json rule = {{"backendRefs", Json::array({{{"name", model.backend}, {"port", 80}}})}};
  if (!model.mark.empty()) {
    rule["filters"].push_back(
        {{"type", "RequestHeaderModifier"},
         {"requestHeaderModifier",
          {{"set", Json::array({{{"name", "mark"}, {"value", model.mark}}})}}}});
  }
  rule["matches"] = Json::array();  // Left out, it would be the prefix "/".
  for (const MatchModel& match : model.matches)
    rule["matches"].push_back(kind == RouteKind::kHttp ? HttpMatchOf(match) : GrpcMatchOf(match));
  return rule;
}

}  // namespace

Json RouteModel::Manifest(RouteKind kind) const {
  Json spec = {{"parentRefs", Json::array({{{"name", "gateway"}, {"namespace", "n0"}}})}};
  for (const std::string& host : hosts) spec["hostnames"].push_back(host);
  for (const RuleModel& rule : rules) spec["rules"].push_back(RuleOf(kind, rule));
  return {{"apiVersion", "gateway.networking.k8s.io/v1"},
          {"kind", kind == RouteKind::kHttp ? "HTTPRoute" : "GRPCRoute"},
          {"metadata",
           {{"namespace", ns},
            {"name", name},
            {"creationTimestamp", Cat("2024-01-01T00:00:0", created_s, "Z")}}},
          {"spec", std::move(spec)}};
}

RightRules RightRulesOf(RouteKind kind, const std::vector<RouteModel>& routes,
                        const RoutedRequest& request, RouteConcessions concessions) {
  const Case the{kind, request, concessions};
  static const std::vector<std::string> kEveryHost = {""};
  static const std::vector<MatchModel> kEverything(1);
  std::vector<Candidate> holding;
  for (const RouteModel& route : routes) {
    for (const std::string& host : route.hosts.empty() ? kEveryHost : route.hosts) {
      if (!HostHolds(host, request.host)) continue;
      for (size_t rule = 0; rule < route.rules.size(); ++rule) {
        const auto& given = route.rules[rule].matches;
        const std::vector<MatchModel>& matches = given.empty() ? kEverything : given;
        for (size_t nth = 0; nth < matches.size(); ++nth) {
          if (Holds(the, matches[nth])) holding.push_back({&route, host, rule, nth, &matches[nth]});
        }
      }
    }
  }
  RightRules right{.destinations = {}, .holding = holding.size()};
  for (const Candidate& each : holding) {
    bool beaten = std::any_of(holding.begin(), holding.end(),
                              [&](const Candidate& other) { return Precedes(the, other, each); });
    if (beaten) continue;
    const RuleModel& rule = each.route->rules[each.rule];
    right.destinations.push_back({each.route->ns, each.route->name, rule.backend, rule.mark});
  }
  return right;
}

}  // namespace kong
