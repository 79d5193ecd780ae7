// configuration.konghq.com/v1alpha1 KongCustomEntity: an entity of Kong for which there is no kind
// of its own, for example those that plugins bring along.
//
// Its fields are kept as canonical JSON text. Plain values.
#pragma once

#include <string>
#include <tuple>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/resource_type.h"

namespace k8s {

struct KongCustomEntity {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"configuration.konghq.com", "v1alpha1", "kongcustomentities",
                                      "KongCustomEntity", true};

  // The plugin whose Services, routes and consumers the entity belongs to.
  struct Parent {
    engine::Symbol group, kind, ns, name;  // All empty: none.
    auto fields() const { return std::tie(group, kind, ns, name); }
  };

  ObjectMeta meta;
  std::string type;           // "degraphql_routes"
  std::string fields_json;    // Canonical JSON; empty: not said.
  engine::Symbol controller;  // spec.controllerName, which names a class.
  Parent parent;

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, type, fields_json, controller, parent); }
};

}  // namespace k8s
