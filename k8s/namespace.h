// core/v1 Namespace: its labels, all of them, because selectors may ask for any.
#pragma once

#include <tuple>

#include "k8s/object_meta.h"
#include "k8s/resource_type.h"

namespace k8s {

struct Namespace {
  using Key = NamespacedName;  // With an empty namespace.
  static constexpr ResourceType kType{"", "v1", "namespaces", "Namespace", false};

  ObjectMeta meta;

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta); }
};

}  // namespace k8s
