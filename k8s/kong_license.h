// configuration.konghq.com/v1alpha1 KongLicense: what makes a Kong an Enterprise one.
//
// The text of a licence is shown by nothing (SecretBytes). Plain values; there are few.
#pragma once

#include <tuple>

#include "k8s/object_meta.h"
#include "k8s/resource_type.h"
#include "k8s/secret.h"

namespace k8s {

struct KongLicense {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"configuration.konghq.com", "v1alpha1", "konglicenses",
                                      "KongLicense", false};

  ObjectMeta meta;
  bool enabled = true;
  SecretBytes text;

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, enabled, text); }
};

}  // namespace k8s
