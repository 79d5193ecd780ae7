// The rows of what shapes upstreams and services beside annotations: KongUpstreamPolicy,
// KongIngress, KongServiceFacade, BackendTLSPolicy, and CA certificates from ConfigMaps.
//
// Each is narrow: what an object says is read and judged once, and those who use it read the
// result. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "kong/entity.h"
#include "kong/upstream_settings.h"

namespace kong {

// What a KongUpstreamPolicy makes of the upstreams that use it.
struct UpstreamPolicy {
  using Key = k8s::NamespacedName;
  k8s::NamespacedName id;
  UpstreamSettings settings;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, settings); }
};

// What a KongIngress makes of the upstreams whose Services name it.
struct UpstreamOverride {
  using Key = k8s::NamespacedName;
  k8s::NamespacedName id;
  UpstreamSettings settings;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, settings); }
};

// A KongServiceFacade of ours, and the port of a Service behind it. Its annotations are not here:
// who leads to it does not look at them.
struct Facade {
  using Key = k8s::NamespacedName;
  k8s::NamespacedName id;
  engine::Symbol service;
  int32_t port = 0;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, service, port); }
};

// A KongServiceFacade that is in quarantine, or needs something that is.
struct ExcludedFacade {
  using Key = k8s::NamespacedName;
  k8s::NamespacedName id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};

// A ConfigMap that its label declares to be a CA certificate, and the id it says.
struct CaConfigMap {
  using Key = k8s::NamespacedName;
  k8s::NamespacedName id;
  std::optional<std::string> ca_id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, ca_id); }
};

// A port of a Service to which a BackendTLSPolicy applies.
struct BackendTlsKey {
  engine::Symbol ns, service;
  engine::Symbol port;  // Its name; empty: every port for which no other policy speaks.
  friend bool operator==(const BackendTlsKey&, const BackendTlsKey&) = default;
  friend std::strong_ordering operator<=>(const BackendTlsKey&, const BackendTlsKey&) = default;
  auto fields() const { return std::tie(ns, service, port); }
};

// A claim of a policy on such a port: the oldest policy has it.
struct BackendTls {
  using Key = BackendTlsKey;
  BackendTlsKey target;
  k8s::NamespacedName policy;
  std::string hostname;
  std::vector<std::string> ca_secrets, ca_config_maps;
  std::optional<int64_t> verify_depth;
  Key key() const { return target; }
  auto fields() const {
    return std::tie(target, policy, hostname, ca_secrets, ca_config_maps, verify_depth);
  }
};

}  // namespace kong
