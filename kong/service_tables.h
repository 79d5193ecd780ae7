// The rows between whoever leads to Services and Kong's services, upstreams and targets.
//
// A Kong service is what it is named after: a port of a Service, or a rule of a route object with a
// list of weighted backends. Whoever wants one claims a ServiceUse; the oldest is its parent, and
// one rule renders the winner with its upstream. What the EndpointSlices make is said by the pair
// of an UpstreamPort and a slice: targets at once where their weight does not depend on others,
// else a TargetShare each, which another rule adds up. Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/symbol.h"
#include "engine/text.h"
#include "k8s/object_meta.h"
#include "kong/entity.h"

namespace kong {

enum class ServiceNaming : uint32_t {
  kPort,               // "shop.cart.80": ns, name, part = port as names spell it
  kUdpPort,            // "shop.cart.53.udp"
  kFacade,             // "shop.cart.svc.facade": ns, name
  kHttpRoute,          // "httproute.shop.cart.0": ns, name, rule
  kHttpRouteCombined,  // "httproute.shop.svc.…": ns, part = the rest
  kGrpcRoute,          // "grpcroute.shop.cart.0"
  kGrpcRouteHost,      // "grpcroute.shop.cart.shop.example.0": part = host, '_' for none
  kTcpRoute,           // "tcproute.shop.cart.0"
  kUdpRoute,           // "udproute.shop.cart.0"
  kTlsRoute,           // "tlsroute.shop.cart.0"
  kTcpPort,            // "shop.cart.80.tcp", where an Ingress has "shop.cart.80"
};

// A Kong service by what it is made of. Different keys have different names, except that hosts of
// GRPCRoutes have dots: grpc_route_plan.h.
struct ServiceKey {
  ServiceNaming naming{};
  uint32_t rule = 0;
  engine::Symbol ns, name, part;
  friend bool operator==(const ServiceKey&, const ServiceKey&) = default;
  friend std::strong_ordering operator<=>(const ServiceKey&, const ServiceKey&) = default;
  std::string KongName() const;
  std::string UpstreamName() const;  // Which is the service's host too.
  auto fields() const { return std::tie(naming, rule, ns, name, part); }
  std::string text() const { return KongName(); }
};
inline ServiceKey PortServiceKey(engine::Symbol ns, engine::Symbol service, engine::Symbol port) {
  return {ServiceNaming::kPort, 0, ns, service, port};
}

// One of the Services behind a Kong service.
struct ServiceBackend {
  engine::Symbol ns, service;
  engine::Symbol port_name;  // Empty: by number.
  int32_t port_number = 0;   // With neither, the only port there is.
  std::optional<int32_t> weight = std::nullopt;
  engine::Symbol facade =
      {};  // The KongServiceFacade, of the Service's namespace, by which it goes.
  k8s::NamespacedName service_name() const { return {ns, service}; }
  auto fields() const { return std::tie(ns, service, port_name, port_number, weight, facade); }
};
using ServiceBackends = absl::InlinedVector<ServiceBackend, 1>;

enum class ServiceProtocol : uint8_t { kHttp, kGrpc, kGrpcs, kTcp, kUdp };
std::string_view TextOf(ServiceProtocol protocol);

// What a Kong service is like unless the annotations of its Services say otherwise.
struct ServiceForm {
  ServiceProtocol protocol = ServiceProtocol::kHttp;
  bool root_path = false;  // "path": "/", as for rules of an Ingress.
  bool bare = false;       // Without timeouts and retries, as for a UDPIngress.
  bool sparse =
      false;  // Backends that do not exist are left out, as for routes of the Gateway API.
  bool refs_given =
      false;  // Of a sparse one: there were backendRefs; if none is left, it answers 500.
  std::optional<int32_t> timeout_ms = std::nullopt;
  auto fields() const {
    return std::tie(protocol, root_path, bare, sparse, refs_given, timeout_ms);
  }
};

// An object leads to these backends. The oldest that does so is the Kong service's parent.
struct ServiceUse {
  using Key = ServiceKey;
  ServiceKey id;
  ServiceBackends backends;
  ServiceForm form = {};
  ObjectRef parent;
  std::vector<std::string> parent_tags = {};  // The tags of a service with several backends.
  Key key() const { return id; }
  auto fields() const { return std::tie(id, backends, form, parent, parent_tags); }
};

// What those who lead to a Kong service must know of it; without a row all is well.
struct ServiceTrouble {
  using Key = ServiceKey;
  ServiceKey id;
  bool contradictory =
      false;  // Its Services contradict each other: it and its routes do not exist.
  std::vector<k8s::NamespacedName> missing = {};  // Services of backendRefs that do not exist.
  Key key() const { return id; }
  auto fields() const { return std::tie(id, contradictory, missing); }
};

struct BackendKey {
  EntityId upstream;
  uint32_t nth = 0;  // Of the upstream's backends.
  friend auto operator<=>(const BackendKey&, const BackendKey&) = default;
  auto fields() const { return std::tie(upstream, nth); }
  std::string text() const { return engine::Cat(upstream.text(), '.', nth); }
};

// A port of a Service whose EndpointSlices make targets of an upstream.
struct UpstreamPort {
  using Key = BackendKey;
  BackendKey id;
  k8s::NamespacedName service;
  engine::Symbol slice_port;  // The name of the Service's port, which slices repeat.
  uint8_t protocols = 0;      // A bit for each k8s::Protocol.
  bool shares = false;  // Other backends, or the number of targets, decide on a target's weight.
  std::optional<int32_t> weight = std::nullopt;  // Of the backend.
  Key key() const { return id; }
  auto fields() const { return std::tie(id, service, slice_port, protocols, shares, weight); }
};

struct TargetKey {
  EntityId upstream;
  engine::Symbol target;
  friend auto operator<=>(const TargetKey&, const TargetKey&) = default;
  auto fields() const { return std::tie(upstream, target); }
  std::string text() const { return engine::Cat(upstream.text(), ' ', target); }
};

// What one backend contributes to a target.
struct TargetShare {
  struct Key {
    EntityId upstream;
    engine::Symbol target;
    uint32_t nth = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  BackendKey backend;
  engine::Symbol target;          // "10.0.0.1:8080"
  bool drained = false;           // It takes no new requests.
  std::optional<int32_t> weight;  // Of the backend, for all its targets together.
  k8s::NamespacedName service;
  Key key() const { return {backend.upstream, target, backend.nth}; }
  auto fields() const { return std::tie(backend, target, drained, weight, service); }
};

}  // namespace kong
