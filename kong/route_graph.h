// The route kinds of the Gateway API in the graph: their sources, and their rules in three steps.
//
// First what they want to be attached to, which the rules of Gateways answer (attachment_graph.h);
// then what an attached route claims: names, Kong services, a place in the order of equals; at
// last, when names are given and services are known, their entities. What a route becomes is
// decided once, by a plan (http_route_plan.h and its neighbours), from which both the claims and
// the entities come.
#pragma once

#include "engine/graph.h"
#include "k8s/grpc_route.h"
#include "k8s/http_route.h"
#include "k8s/stream_routes.h"

namespace kong {

class GatewayGraph;

class RouteGraph {
 private:
  engine::Graph& graph_;

 public:
  explicit RouteGraph(engine::Graph& graph);

  engine::Source<k8s::HttpRoute>& http_routes;
  engine::Source<k8s::GrpcRoute>& grpc_routes;
  engine::Source<k8s::TcpRoute>& tcp_routes;
  engine::Source<k8s::UdpRoute>& udp_routes;
  engine::Source<k8s::TlsRoute>& tls_routes;
};

void DeclareRouteParents(engine::Graph& graph, GatewayGraph& g);
void DeclareRouteClaims(engine::Graph& graph, GatewayGraph& g);
void DeclareRoutes(engine::Graph& graph, GatewayGraph& g);

}  // namespace kong
