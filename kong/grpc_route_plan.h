// What a GRPCRoute becomes in Kong.
//
// In the traditional flavour each rule is a Kong service and each match a Kong route, whose path is
// the regex of "/service/method". In the expressions flavour each host of each match is a route,
// and each host of each rule a service, as the Kong Ingress Controller names them. Routes of gRPC
// have no methods: Kong takes none, and every call is a POST.
#pragma once

#include "k8s/grpc_route.h"
#include "kong/gateway_route_plan.h"

namespace kong {

GatewayRoutePlan PlanGrpcRoute(const k8s::GrpcRoute& route, const RouteSurroundings& around);

}  // namespace kong
