// The fragment of a Kong route that a route of the Gateway API made, and those of its plugins.
//
// Annotations come last: they override what the route says, in the order in which the Kong Ingress
// Controller applies them; in the expressions flavour those that would be criteria have no effect,
// but SNIs. What Kong would refuse is not written: gRPC routes get neither methods nor strip_path.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kong/gateway_route_plan.h"

namespace kong {

struct GatewayRouteSpec {
  const PlannedRoute& route;
  std::string_view name;  // Under which it may exist.
  EntityId id;
  EntityId service;
  uint64_t priority = 0;
  const RouteSettings& settings;
  const std::vector<std::string>& tags;
};

// Empty, and `why` says so, if Kong would not take it.
std::string GatewayRouteFragment(const GatewayRouteSpec& spec, bool expressions, std::string& why);

std::string RoutePluginFragment(const EntityId& id, const PlannedPlugin& plugin,
                                const EntityId& route, const std::vector<std::string>& tags);

}  // namespace kong
