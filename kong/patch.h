// A patch: what a gateway that has everything up to one version lacks of another.
//
// From version 0 it is everything. Upserts come parents first, removals children first, so that
// applied in this order no step refers to what is not there. It holds copies, so it may leave the
// engine's thread. An entity that a class cannot take any more is a removal for it; removing what
// is not there is no error. Cost: O(keys changed), and a sort of them.
#pragma once

#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "engine/table.h"
#include "kong/class_contents.h"
#include "kong/entity.h"

namespace kong {

struct Patch {
  engine::Version from = 0;
  engine::Version to = 0;
  std::vector<Entity> upserts;      // By kind, then id.
  std::vector<EntityKey> removals;  // The other way round.
  bool empty() const { return upserts.empty() && removals.empty(); }
};

// What `contents`, which are up to date, changed since `from`. If that is too long ago, `from` of
// the patch is 0 and it holds everything: the copy must be emptied first. Engine thread.
Patch MakePatch(const ClassContents& contents, engine::Version from);

// Makes patches for sinks, on the engine's thread.
class PatchSource {
 public:
  virtual ~PatchSource() = default;
  // Calls `then` on the loop, never from within Changes, with what a copy of this class that has
  // everything up to `from` lacks of the newest version. What Kong would refuse together, and what
  // a gateway of the class refused (`refused`), is not in it: a removal for a copy that had it.
  virtual void Changes(Needs offers, engine::Version from,
                       absl::AnyInvocable<void(std::shared_ptr<const Patch>)> then) = 0;
  // Some copy of this class is still at this version: what changed since is not forgotten. Who
  // keeps a copy says so now and then, and never while it waits for one that is lost.
  virtual void Hold(Needs offers, engine::Version oldest) = 0;
};

}  // namespace kong
