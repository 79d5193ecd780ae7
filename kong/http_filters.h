// Filters of an HTTPRoute or GRPCRoute as Kong plugins.
//
// Header modifiers and URL rewrites become one request-transformer and one response-transformer, as
// the Kong Ingress Controller merges them. A redirect becomes the plugin `redirect` (from Kong 3.9
// on) or request-termination with a Location (before) if its location is known now; where it
// depends on the request, a pre-function computes it. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "k8s/route_types.h"
#include "kong/gateway_route_plan.h"

namespace kong {

// What a filter may have to know of its match.
struct FilterSurroundings {
  std::string_view path;  // As it is written; of a prefix match without its trailing slash.
  bool prefix = false;    // It is matched as a prefix.
  std::string_view host;  // If exactly one is served, and without a wildcard.
  bool http = true, https = false;  // The schemes by which requests come.
};

struct FilterPlugins {
  std::vector<PlannedPlugin> plugins;
  std::vector<Symbol> extensions;
};

bool HasRedirect(const std::vector<k8s::RouteFilter>& filters);
bool ReplacesPrefix(const std::vector<k8s::RouteFilter>& filters);

// An error names the filter that cannot be served; then the rule must not be served without it.
absl::StatusOr<FilterPlugins> PluginsOf(const std::vector<k8s::RouteFilter>& filters,
                                        const FilterSurroundings& around);

}  // namespace kong
