// gateway.networking.k8s.io/v1 ListenerSet: more listeners for a Gateway, by somebody else.
//
// The row holds the spec only. Plain values.
#pragma once

#include <tuple>
#include <vector>

#include "k8s/listener.h"
#include "k8s/object_meta.h"
#include "k8s/parent_ref.h"
#include "k8s/resource_type.h"

namespace k8s {

struct ListenerSet {
  using Key = NamespacedName;
  static constexpr ResourceType kType{kGatewayGroup, "v1", "listenersets", "ListenerSet", true};

  ObjectMeta meta;
  ParentRef parent;  // Its Gateway; has no section and no port.
  std::vector<Listener> listeners;

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, parent, listeners); }
};

}  // namespace k8s
