// meta.k8s.io/v1 PartialObjectMetadata: that an object exists, its labels, and its version.
//
// What a metadata-only watch of Secrets gives. Here the resource version is part of the row, for it
// is all that says that the contents have changed and must be fetched again.
#pragma once

#include <string>
#include <tuple>

#include "k8s/object_meta.h"

namespace k8s {

struct PartialObjectMetadata {
  using Key = NamespacedName;

  ObjectMeta meta;
  std::string resource_version;  // Opaque.

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, resource_version); }
};

}  // namespace k8s
