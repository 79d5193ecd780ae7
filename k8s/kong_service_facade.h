// incubator.ingress-controller.konghq.com/v1alpha1 KongServiceFacade: a port of a Service under
// another name, with annotations of its own.
//
// Plain values.
#pragma once

#include <cstdint>
#include <tuple>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/resource_type.h"

namespace k8s {

struct KongServiceFacade {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"incubator.ingress-controller.konghq.com", "v1alpha1",
                                      "kongservicefacades", "KongServiceFacade", true};

  ObjectMeta meta;
  engine::Symbol service;
  int32_t port = 0;

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, service, port); }
};

}  // namespace k8s
