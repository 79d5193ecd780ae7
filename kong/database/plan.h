// The calls that bring a database from what it holds to what it should, and which waits for which.
//
// Not a sequence but a graph, so that many calls can be under way and a failed one stops only what
// needs it: what refers waits for what it refers to; what is removed waits for whoever referred to
// it to be changed or removed; who takes a unique key waits for its owner to give it up. Owners
// that pass keys round in a ring are broken by one more call, which frees a key for a while: a
// temporary name, or, where nothing depends on the entity, its removal. What Kong removes together
// with its parent needs no call of its own. A target that goes waits for those that come, so that
// no upstream is empty in between.
//
// Pure; O(n log n).
#pragma once

#include <memory>
#include <vector>

#include "kong/database/comparison.h"
#include "kong/database/holdings.h"

namespace kong {

struct Step {
  enum class Verb { kCreate, kUpdate, kRemove, kFree };
  struct Wait {
    size_t step = 0;
    bool needs = true;  // Its success, not only its end.
  };
  Verb verb{};
  EntityKey key;
  std::shared_ptr<const Entity> entity;  // Null when removed or freed.
  Held facts;                            // Of the entity as it will be, or of what is held.
  std::vector<Wait> waits;
  std::vector<EntityKey> takes_along;  // Removed by Kong with it.
};

using Plan = std::vector<Step>;
Plan MakePlan(const Pending& pending, const Holdings& holdings);

}  // namespace kong
