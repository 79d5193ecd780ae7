// configuration.konghq.com/v1 KongClusterPlugin: a KongPlugin for all namespaces, or, with a label,
// for all requests.
//
// Plain values.
#pragma once

#include <tuple>

#include "k8s/kong_plugin.h"
#include "k8s/object_meta.h"
#include "k8s/resource_type.h"

namespace k8s {

struct KongClusterPlugin {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"configuration.konghq.com", "v1", "kongclusterplugins",
                                      "KongClusterPlugin", false};

  ObjectMeta meta;
  bool global = false;  // The label `global: "true"`, which ParseOptions do not keep.
  PluginSpec spec;

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, global, spec); }
};

}  // namespace k8s
