// gateway.networking.k8s.io/v1alpha2 TCPRoute, UDPRoute and TLSRoute, which say the same things:
// whose listeners, for TLS which names, and where connections go.
//
// Plain values.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/parent_ref.h"
#include "k8s/resource_type.h"
#include "k8s/route_types.h"

namespace k8s {

struct StreamRouteRule {
  std::string name;
  std::vector<RouteBackend> backends;
  auto fields() const { return std::tie(name, backends); }
};

struct StreamRoute {
  using Key = NamespacedName;
  ObjectMeta meta;
  std::vector<ParentRef> parents;
  std::vector<engine::Symbol> hostnames;  // Of a TLSRoute.
  std::vector<StreamRouteRule> rules;
  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, parents, hostnames, rules); }
};

struct TcpRoute : StreamRoute {
  static constexpr ResourceType kType{kGatewayGroup, "v1alpha2", "tcproutes",
                                      "TCPRoute",    true,       "v1"};
};
struct UdpRoute : StreamRoute {
  static constexpr ResourceType kType{kGatewayGroup, "v1alpha2", "udproutes",
                                      "UDPRoute",    true,       "v1"};
};
struct TlsRoute : StreamRoute {
  static constexpr ResourceType kType{kGatewayGroup, "v1alpha2", "tlsroutes",
                                      "TLSRoute",    true,       "v1,v1alpha3"};
};

}  // namespace k8s
