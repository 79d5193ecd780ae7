// Kong's two routers: which route of a configuration takes a request.
//
// Both are one engine: expressions with priorities, the highest that holds wins. The flavour
// "traditional_compatible" makes expressions and priorities of hosts, paths, headers, methods, SNIs
// and ports: first the number of kinds of criteria, then plain hosts, headers, a regex before a
// prefix, regex_priority, and the length of the path. A route whose paths are of several lengths,
// or mix regexes and prefixes, counts as several. Among equals Kong takes the larger UUID; here
// they all win, because nobody should depend on that. Immutable once made; any thread. A match
// costs the expressions above the winner.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kong/expression.h"
#include "tools/simulators/json.h"
#include "tools/simulators/kong_schema.h"

namespace simulators {

class KongRouter {
 public:
  // Fails, naming the route, if Kong would refuse an expression.
  static absl::StatusOr<KongRouter> Make(RouterFlavor flavor, const std::vector<Json>& routes);

  // The positions of the routes that take the request; empty: 404. Several are equals.
  std::vector<size_t> Winners(const kong::RoutedRequest& request) const;

 private:
  struct Entry {
    uint64_t priority = 0;
    size_t route = 0;
    bool stream = false;
    kong::Expression expression;
  };
  absl::Status Add(size_t position, const Json& route, std::string_view text, uint64_t priority);
  absl::Status AddTraditional(size_t position, const Json& route);
  absl::Status AddExpression(size_t position, const Json& route);

  std::vector<Entry> entries_;  // Highest first.
};

}  // namespace simulators
