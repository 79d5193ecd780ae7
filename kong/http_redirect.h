// The RequestRedirect filter as Kong plugins.
//
// The Gateway API keeps of a request whatever the filter does not say: scheme, host, path and
// query. Kong's plugin `redirect` sends a fixed location, to which it may append the path. So if
// scheme and host are known when the configuration is made (said by the filter, or the only ones
// that are served), that plugin does it; before Kong 3.9, which has no such plugin,
// request-termination and a Location header do. Anything else is a pre-function, a few lines of Lua
// that Kong runs before other plugins. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "k8s/route_types.h"
#include "kong/http_filters.h"

namespace kong {

struct Redirect {
  std::vector<PlannedPlugin> plugins;
  std::optional<std::string> location_before_3_9;  // For a response-transformer.
};

Redirect RedirectOf(const k8s::RedirectFilter& filter, const FilterSurroundings& around);

}  // namespace kong
