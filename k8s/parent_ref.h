// gateway.networking.k8s.io ParentReference: what a route wants to be attached to, or a listener of
// it.
//
// What the object leaves out is what the API says: a Gateway of the route's own namespace, all of
// its listeners. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

#include "engine/symbol.h"
#include "k8s/object_meta.h"

namespace k8s {

inline constexpr std::string_view kGatewayGroup = "gateway.networking.k8s.io";

struct ParentRef {
  std::optional<engine::Symbol> group;  // An empty one is the core group.
  std::optional<engine::Symbol> kind;
  engine::Symbol ns;  // Empty: that of the route.
  engine::Symbol name;
  engine::Symbol section_name;  // Empty: every listener.
  int32_t port = 0;             // 0: any port.

  std::string_view GroupText() const { return group ? group->text() : kGatewayGroup; }
  std::string_view KindText() const { return kind ? kind->text() : "Gateway"; }
  NamespacedName NameFrom(engine::Symbol own_ns) const { return {ns ? ns : own_ns, name}; }
  auto fields() const { return std::tie(group, kind, ns, name, section_name, port); }
};

}  // namespace k8s
