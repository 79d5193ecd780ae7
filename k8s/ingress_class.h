// networking.k8s.io/v1 IngressClass: which controller serves a class, and where its parameters are.
//
// An object of the cluster. Plain values; there are few.
#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/resource_type.h"

namespace k8s {

struct IngressClass {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"networking.k8s.io", "v1", "ingressclasses", "IngressClass",
                                      false};

  struct Parameters {
    engine::Symbol group;  // Empty: the core group.
    engine::Symbol kind;
    engine::Symbol name;
    engine::Symbol scope;  // "Namespace" or "Cluster"; empty if unset.
    engine::Symbol ns;     // Empty if unset.
    auto fields() const { return std::tie(group, kind, name, scope, ns); }
  };

  ObjectMeta meta;
  std::string controller;
  bool is_default = false;  // The annotation ingressclass.kubernetes.io/is-default-class is "true".
  std::optional<Parameters> parameters;

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, controller, is_default, parameters); }
};

}  // namespace k8s
