// Where a request goes, by the specification of Ingress and nothing else.
//
// Written from the Kubernetes documentation of Ingress (path types, multiple matches, hostname
// wildcards) without a look at how Kong is told: hosts that are named come before wildcards and
// those before all hosts; then the longest path; then Exact before Prefix; the default backend if
// nothing matches. ImplementationSpecific paths are a prefix of text, or a regex after "/~", and
// the specification orders them only among themselves, by length. Where it leaves a choice, several
// destinations are right.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/ingress.h"
#include "kong/expression.h"
#include "kong/tables.h"

namespace kong {

struct Destination {
  ObjectName ingress;
  EntityId service;
  friend auto operator<=>(const Destination&, const Destination&) = default;
};

// Where Kong does otherwise because the Kong Ingress Controller tells it so, and routes must stay
// as they are when the controllers are exchanged. Each stands in DIFFERENCES.md.
using Concessions = uint32_t;                                // A bit each.
inline constexpr Concessions kWildcardsOfSeveralLabels = 1;  // "*.a" serves x.y.a, like "*.y.a".
inline constexpr Concessions kExactAndPrefixAreEqual = 2;    // For the one path that both match.
// Traditional: like a rule for "/" of every host.
inline constexpr Concessions kDefaultBackendIsARule = 4;
// Expressions: paths of a route weigh as its longest, for paths of other Ingresses.
inline constexpr Concessions kRoutesCountTheirLongest = 8;

// The destinations that are right; none: 404.
std::vector<Destination> RightDestinations(const std::vector<const k8s::Ingress*>& ingresses,
                                           const RoutedRequest& request,
                                           Concessions concessions = 0);

}  // namespace kong
