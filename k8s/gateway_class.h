// gateway.networking.k8s.io/v1 GatewayClass: which controller serves a class of Gateways.
//
// An object of the cluster. Plain values; there are few.
#pragma once

#include <string>
#include <tuple>

#include "k8s/object_meta.h"
#include "k8s/parent_ref.h"
#include "k8s/resource_type.h"

namespace k8s {

struct GatewayClass {
  using Key = NamespacedName;  // With an empty namespace.
  static constexpr ResourceType kType{kGatewayGroup, "v1", "gatewayclasses", "GatewayClass", false};

  ObjectMeta meta;
  std::string controller;  // spec.controllerName.

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, controller); }
};

}  // namespace k8s
