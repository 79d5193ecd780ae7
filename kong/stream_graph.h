// The part of the program that turns TCPIngresses and UDPIngresses into stream routes.
//
// Claims first, then entities, so there are two calls; gateway_graph.cc says when. A TCPIngress and
// an Ingress that lead to one port of a Service would call their Kong services alike, and a service
// is either for HTTP or for streams: so TCP has uses of its own, and where an Ingress has the name,
// the service for TCP is called "….tcp". The rules are in rules/stream_rules.h.
#pragma once

#include "engine/graph.h"
#include "k8s/tcp_ingress.h"
#include "k8s/udp_ingress.h"
#include "kong/tables.h"

namespace kong {

class GatewayGraph;

// A TCPIngress or UDPIngress of ours of which nothing is in quarantine.
struct AdmittedTcp {
  using Key = ObjectName;
  ObjectName id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};
struct AdmittedUdp {
  using Key = ObjectName;
  ObjectName id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};

// A TCPIngress leads to a port of a Service. The oldest that does is the Kong service's parent.
struct TcpUse {
  using Key = ServiceKey;
  ServiceUse use;  // Called as if no Ingress led there.
  Key key() const { return use.id; }
  auto fields() const { return std::tie(use); }
};

class StreamGraph {
 private:
  engine::Graph& graph_;  // Comes first: the tables below are added to it in their order.

 public:
  explicit StreamGraph(engine::Graph& graph);

  engine::Source<k8s::TcpIngress>& tcp_ingresses;
  engine::Source<k8s::UdpIngress>& udp_ingresses;

  engine::Table<AdmittedTcp>& admitted_tcp;
  engine::Table<AdmittedUdp>& admitted_udp;
  engine::Table<TcpUse>& tcp_uses;
  engine::Index<TcpUse, ObjectName>& tcp_uses_of_service;

  void DeclareClaims(GatewayGraph& g);
  void DeclareEntities(GatewayGraph& g);
};

}  // namespace kong
