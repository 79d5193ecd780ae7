// gateway.networking.k8s.io ReferenceGrant: who may refer from other namespaces into this one.
//
// v1 and v1beta1 have one shape and are one kind. Plain values; there are few.
#pragma once

#include <tuple>
#include <vector>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/parent_ref.h"
#include "k8s/resource_type.h"

namespace k8s {

struct ReferenceGrant {
  using Key = NamespacedName;
  static constexpr ResourceType kType{kGatewayGroup, "v1", "referencegrants", "ReferenceGrant",
                                      true, "v1beta1"};

  struct From {
    engine::Symbol group, kind, ns;
    auto fields() const { return std::tie(group, kind, ns); }
  };
  struct To {
    engine::Symbol group, kind;
    engine::Symbol name;  // Empty: every object of the kind.
    auto fields() const { return std::tie(group, kind, name); }
  };

  ObjectMeta meta;
  std::vector<From> from;
  std::vector<To> to;

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, from, to); }
};

}  // namespace k8s
