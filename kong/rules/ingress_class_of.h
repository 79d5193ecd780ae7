// Whose an object is that knows its class by annotation only: TCPIngress, UDPIngress,
// KongServiceFacade.
#pragma once

#include "kong/annotations.h"
#include "kong/rules/rules.h"

namespace kong {

// Without a class it is ours if our IngressClass is the default one.
inline bool HasOurClass(const GatewayGraph& g, const k8s::ObjectMeta& meta, Reader& read) {
  const std::string* annotation = meta.annotations.Find(kIngressClassAnnotation);
  if (annotation && !annotation->empty()) return *annotation == g.options.ingress_class;
  return read.Find(g.default_class, {}) != nullptr;
}

}  // namespace kong
