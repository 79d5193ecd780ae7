// What a TCPRoute, UDPRoute or TLSRoute becomes in Kong: a service and a route a rule.
//
// A TCP or UDP route is told apart by the port on which Kong got the connection, a TLS route by its
// server name. Without one of these Kong takes no route, and there is none.
#pragma once

#include <string_view>

#include "k8s/stream_routes.h"
#include "kong/gateway_route_plan.h"

namespace kong {

// `kind` is "TCPRoute", "UDPRoute" or "TLSRoute".
GatewayRoutePlan PlanStreamRoute(std::string_view kind, const k8s::StreamRoute& route,
                                 const RouteSurroundings& around);

}  // namespace kong
