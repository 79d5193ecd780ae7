// configuration.konghq.com/v1alpha1 IngressClassParameters: two switches for all Ingresses of a
// class.
//
// Plain values; there are few.
#pragma once

#include <tuple>

#include "k8s/object_meta.h"
#include "k8s/resource_type.h"

namespace k8s {

struct IngressClassParameters {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"configuration.konghq.com", "v1alpha1",
                                      "ingressclassparameterses", "IngressClassParameters", true};

  ObjectMeta meta;
  bool service_upstream = false;
  bool enable_legacy_regex_detection = false;

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, service_upstream, enable_legacy_regex_detection); }
};

}  // namespace k8s
