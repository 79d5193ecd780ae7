// configuration.konghq.com/v1alpha1 KongVault: where Kong finds secrets that plugins refer to by a
// prefix.
//
// Plain values; there are few.
#pragma once

#include <string>
#include <tuple>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/resource_type.h"

namespace k8s {

struct KongVault {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"configuration.konghq.com", "v1alpha1", "kongvaults",
                                      "KongVault", false};

  ObjectMeta meta;
  std::string backend;  // "env", "hcv" …
  std::string prefix;
  std::string description;
  std::string config;  // Canonical JSON; empty: not said.
  engine::Symbol control_plane;

  Key key() const { return meta.id; }
  auto fields() const {
    return std::tie(meta, backend, prefix, description, config, control_plane);
  }
};

}  // namespace k8s
