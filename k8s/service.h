// core/v1 Service: its type and its ports. Selectors are not kept: EndpointSlices say who serves.
//
// Plain values. A Service of one port takes about 300 bytes.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/protocol.h"
#include "k8s/resource_type.h"

namespace k8s {

enum class ServiceType : uint8_t { kClusterIp, kNodePort, kLoadBalancer, kExternalName, kOther };

struct ServicePort {
  engine::Symbol name;  // May be empty if it is the only port.
  Protocol protocol = Protocol::kTcp;
  int32_t number = 0;
  engine::Symbol target_name;  // targetPort if it is text,
  int32_t target_number = 0;   // or if it is a number; 0 if neither is given.
  engine::Symbol app_protocol;
  auto fields() const {
    return std::tie(name, protocol, number, target_name, target_number, app_protocol);
  }
};

struct Service {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"", "v1", "services", "Service", true};

  ObjectMeta meta;
  ServiceType type = ServiceType::kClusterIp;
  std::string external_name;
  std::string cluster_ip;  // "None" for a headless one; empty before the API server gave it one.
  std::vector<ServicePort> ports;

  bool headless() const { return cluster_ip == "None"; }
  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, type, external_name, cluster_ip, ports); }
};

}  // namespace k8s
