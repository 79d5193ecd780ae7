// configuration.konghq.com/v1 KongConsumer: somebody who sends requests, its credentials and
// groups.
//
// Plain values. About 300 bytes.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/resource_type.h"

namespace k8s {

struct KongConsumer {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"configuration.konghq.com", "v1", "kongconsumers",
                                      "KongConsumer", true};

  ObjectMeta meta;
  std::string username;
  std::string custom_id;
  std::vector<engine::Symbol> credentials;  // Secrets of its namespace.
  std::vector<engine::Symbol> groups;       // KongConsumerGroups of its namespace.
  engine::Symbol control_plane;             // spec.controlPlaneRef.type; empty or "kic" is ours.

  Key key() const { return meta.id; }
  auto fields() const {
    return std::tie(meta, username, custom_id, credentials, groups, control_plane);
  }
};

}  // namespace k8s
