// Which values that must be unique pass from one entity to another.
//
// A data plane of Kong 3.9 finds an entity by an index of such values: a credential by its key, a
// service by its name. When a delta replaces an entity it removes what the old one had from the
// index, also if another delta of the batch has just given that value to somebody else, who then
// cannot be found any more. Removals come first and do no harm; two entities that both stay do. As
// a copy may be at any version, whoever had a value at any time counts.
//
// Loop thread only. Cost: a parse an upsert, and 24 bytes a value that was ever in use. Targets and
// plugins are left out: their ids are made of what is unique about them.
#pragma once

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "kong/fragment.h"
#include "kong/patch.h"

namespace kong {

class UniqueOwners {
 public:
  // Takes the patch in; true if a copy that gets it must be emptied and filled anew. Patches must
  // come from the first on, each at least once.
  bool Move(const Patch& patch);

 private:
  uint64_t HashOfUnique(const Entity& entity);  // 0: it has nothing unique.

  FragmentReader reader_;
  absl::flat_hash_map<uint64_t, absl::InlinedVector<EntityId, 1>> owners_;
};

}  // namespace kong
