// What an HTTPRoute becomes in Kong.
//
// Rules with the same backendRefs (in any order) and timeouts share a Kong service, named after the
// first of them. In the traditional flavour, matches of rules with the same service and filters
// share a Kong route if their methods, headers and query parameters are equal, since one route
// takes many paths; a filter that must know the path splits them. In the expressions flavour each
// host of each match is a route. All of it is as the Kong Ingress Controller does it, for its
// names.
#pragma once

#include "k8s/http_route.h"
#include "kong/gateway_route_plan.h"

namespace kong {

GatewayRoutePlan PlanHttpRoute(const k8s::HttpRoute& route, const RouteSurroundings& around);

}  // namespace kong
