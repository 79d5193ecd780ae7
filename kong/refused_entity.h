// What gateways refused: a row of the source `refused`, which the controller fills from what
// Delivery asks for (delivery.h). It puts an object in quarantine, for one class of gateways.
//
// A row says: gateways that offer `offers` refuse these very bytes (`fingerprint`) of this entity,
// so leave its object out. While the entity keeps these bytes the row is in force; when an author
// changes the object so that the entity changes or goes, the row is void, the object is back at
// once, and the next Payload lists the row as lifted, to be erased. So a quarantine needs no object
// versions, no timers and no second look at the world: it is a function of content only. (The
// graph's own `quarantine`, of tables.h, leaves an object out for everybody and whatever its
// content.)
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <tuple>

#include "kong/entity.h"

namespace kong {

struct RefusedEntity {
  struct Key {
    ObjectRef object;
    Needs offers = 0;
    EntityKey entity;
    friend auto operator<=>(const Key&, const Key&) = default;
    auto fields() const { return std::tie(object, offers, entity.kind, entity.id); }
  };
  ObjectRef object{};  // Empty if the entity has no Kubernetes object behind it.
  Needs offers = 0;    // The class.
  EntityKind entity_kind{};
  EntityId entity_id{};
  uint64_t fingerprint = 0;  // FragmentFingerprint of the entity's JSON.
  std::string message{};     // Why, in the gateway's words.

  Key key() const { return {object, offers, {entity_kind, entity_id}}; }
  auto fields() const {
    return std::tie(object, offers, entity_kind, entity_id, fingerprint, message);
  }
};

}  // namespace kong
