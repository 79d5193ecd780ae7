// Which rule of which HTTPRoute or GRPCRoute takes a request, by the Gateway API and nothing else.
//
// Written from the API's documentation of hostnames, matches and precedence, over a model of its
// own, which also writes the manifests that the graph reads. Precedence: the host (named before
// wildcard before none, then characters); for HTTP an exact path, a longer prefix, a method, more
// headers, more query parameters; for gRPC a longer service, a longer method, more headers; then
// the older route, its namespace and name, and the first rule. Where the API leaves the order to
// implementations (a regular expression as the path or method), or can be read in two ways (whether
// the slash at the end of a prefix is one of its characters), several rules are right.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kong/expression.h"
#include "kong/json_tree.h"

namespace kong {

enum class RouteKind { kHttp, kGrpc };

struct ValueModel {
  std::string name, value;
  bool regex = false;
};

struct MatchModel {
  enum class Type { kExact, kPrefix, kRegex };
  Type type = Type::kPrefix;
  std::string path = "/";  // HTTP; in normal form.
  std::string spelling;    // How it is written, if not so.
  std::string method;      // HTTP: a verb; gRPC: a method. Empty: any.
  std::string service;     // gRPC. Empty: any.
  std::vector<ValueModel> headers, queries;
};

struct RuleModel {
  std::vector<MatchModel> matches;  // None: every request.
  std::string backend;
  std::string mark;  // Set as a header of the request, by a filter. Empty: no filter.
};

struct RouteModel {
  std::string ns, name;
  int64_t created_s = 0;
  std::vector<std::string> hosts;
  std::vector<RuleModel> rules;

  Json Manifest(RouteKind kind) const;
};

// What becomes of a request.
struct RouteDestination {
  std::string ns, name, backend, mark;
  friend auto operator<=>(const RouteDestination&, const RouteDestination&) = default;
};

// Where Kong cannot do what the API says. Each stands in DIFFERENCES.md.
using RouteConcessions = uint32_t;  // A bit each; all are of the traditional flavour.
// More kinds of criteria, then hosts without a wildcard among them, then more headers come first;
// the lengths of hosts and age count for nothing, and an exact path for no more than an equal
// prefix.
inline constexpr RouteConcessions kKindsOfCriteriaComeFirst = 1;
inline constexpr RouteConcessions kNoQueries = 2;  // Their matches are left out.
inline constexpr RouteConcessions kHeaderValuesIgnoreCase = 4;
// gRPC: a method of any service comes before all methods of a service.
inline constexpr RouteConcessions kMethodsAloneComeFirst = 8;

struct RightRules {
  std::vector<RouteDestination> destinations;  // Each is right; none: 404.
  size_t holding = 0;                          // Matches that the request satisfies.
};

RightRules RightRulesOf(RouteKind kind, const std::vector<RouteModel>& routes,
                        const RoutedRequest& request, RouteConcessions concessions = 0);

}  // namespace kong
