// configuration.konghq.com/v1beta1 KongConsumerGroup: a name that consumers share.
//
// Plain values.
#pragma once

#include <tuple>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/resource_type.h"

namespace k8s {

struct KongConsumerGroup {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"configuration.konghq.com", "v1beta1", "kongconsumergroups",
                                      "KongConsumerGroup", true};

  ObjectMeta meta;
  engine::Symbol control_plane;  // spec.controlPlaneRef.type; empty or "kic" is ours.

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, control_plane); }
};

}  // namespace k8s
