// A condition of a Gateway API object, of one of its listeners, or of a route at one of its
// parents: as rows, so that writing status is printing them.
//
// Types and reasons are the Gateway API's words. A condition says what holds of the object's
// generation that it observed; what does not change is not written again. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "kong/attachment_tables.h"

namespace kong {

enum class ConditionStatus : uint8_t { kTrue, kFalse, kUnknown };
std::string_view NameOf(ConditionStatus status);  // "True"

struct Condition {
  struct Key {
    ObjectRef object;
    Symbol listener;      // Empty: of no listener.
    uint32_t parent = 0;  // 0: of no parent; else the number of the route's parentRef, from 1.
    Symbol type;
    friend auto operator<=>(const Key&, const Key&) = default;
    auto fields() const { return std::tie(object, listener, parent, type); }
  };
  Key id;
  ConditionStatus status = ConditionStatus::kUnknown;
  Symbol reason;
  std::string message;
  int64_t observed_generation = 0;

  Key key() const { return id; }
  auto fields() const { return std::tie(id, status, reason, message, observed_generation); }
};

// What a listener's status says beside its conditions.
struct ListenerStatus {
  using Key = ListenerKey;
  ListenerKey id;
  uint32_t supported_kinds = 0;  // Bits, as RouteKindBit says.
  uint32_t attached_routes = 0;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, supported_kinds, attached_routes); }
};

}  // namespace kong
