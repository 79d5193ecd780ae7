// configuration.konghq.com/v1 KongPlugin: a plugin of Kong and its configuration, without saying
// where it applies; other objects refer to it.
//
// Its members stand beside the metadata, there is no spec. The configuration is kept as canonical
// JSON text, because nothing here looks into it. Plain values.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/resource_type.h"

namespace k8s {

// A key of a Secret. A KongPlugin's is in its own namespace and says none.
struct SecretKeyRef {
  engine::Symbol ns;
  engine::Symbol name;
  std::string key;
  auto fields() const { return std::tie(ns, name, key); }
};

// A JSON value in a Secret, and the pointer (RFC 6901) at which it is put into the configuration.
struct ConfigPatch {
  std::string path;
  SecretKeyRef from;
  auto fields() const { return std::tie(path, from); }
};

// What a KongPlugin and a KongClusterPlugin have in common.
struct PluginSpec {
  std::string plugin;  // "rate-limiting"
  std::string instance_name;
  bool disabled = false;
  std::optional<std::string> config;        // Canonical JSON.
  std::optional<SecretKeyRef> config_from;  // JSON or YAML in a Secret.
  std::vector<ConfigPatch> config_patches;
  std::vector<std::string> protocols;
  std::string ordering;  // Canonical JSON; empty: not said.

  auto fields() const {
    return std::tie(plugin, instance_name, disabled, config, config_from, config_patches, protocols,
                    ordering);
  }
};

struct KongPlugin {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"configuration.konghq.com", "v1", "kongplugins", "KongPlugin",
                                      true};

  ObjectMeta meta;
  PluginSpec spec;

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, spec); }
};

}  // namespace k8s
