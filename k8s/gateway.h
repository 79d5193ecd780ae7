// gateway.networking.k8s.io/v1 Gateway: where traffic comes in, as listeners.
//
// The row holds the spec only, so a change of status is none. Plain values.
#pragma once

#include <tuple>
#include <vector>

#include "engine/symbol.h"
#include "k8s/listener.h"
#include "k8s/object_meta.h"
#include "k8s/parent_ref.h"
#include "k8s/resource_type.h"

namespace k8s {

struct Gateway {
  using Key = NamespacedName;
  static constexpr ResourceType kType{kGatewayGroup, "v1", "gateways", "Gateway", true};

  ObjectMeta meta;
  engine::Symbol class_name;
  std::vector<Listener> listeners;
  AllowedNamespaces listener_sets{NamespacesFrom::kNone, {}};  // spec.allowedListeners.

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, class_name, listeners, listener_sets); }
};

}  // namespace k8s
