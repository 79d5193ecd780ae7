// core/v1 ConfigMap: its texts. Only those that a label declares to be CA certificates are watched.
//
// Plain values. `binaryData` is not kept.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "k8s/object_meta.h"
#include "k8s/resource_type.h"

namespace k8s {

struct ConfigMap {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"", "v1", "configmaps", "ConfigMap", true};

  ObjectMeta meta;
  std::vector<std::pair<std::string, std::string>> data;  // Sorted by key, each key once.

  // Null if there is no such key; an empty value is not an absent one.
  const std::string* Find(std::string_view name) const {
    for (const auto& [each, value] : data) {
      if (each == name) return &value;
    }
    return nullptr;
  }

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, data); }
};

}  // namespace k8s
