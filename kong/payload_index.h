// The entities of one class in payload order, and what would make Kong refuse them together.
//
// Kong's rules across entities are three: an id and a unique key occur once in a kind, and a
// reference names an entity that is there. Each change keeps two counters of breaches, in O(1):
// parents that are referred to but absent, and unique keys with several owners. As long as both are
// zero (always, unless two objects collide), nothing is searched. If not, FindExclusions walks all
// entities once, in payload order, in which what refers comes after what it refers to, so one walk
// finds also what refers to an excluded entity. That walk costs less than the copy of the same
// entities into a payload.
//
// Who of two with one key must go is decided by content: the one whose object, id or bytes sort
// later.
//
// Rows are pointers into the engine's tables: engine thread only, and valid until its next epoch;
// who uses an index brings it up to date first (payload_builder.h). About 90 bytes an entity.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "engine/executor.h"
#include "kong/entity.h"
#include "kong/fragment.h"
#include "kong/payload.h"

namespace kong {

class PayloadIndex {
 public:
  // Several tables may hold entities; in each an id occurs once a kind.
  struct Place {
    EntityId id;
    uint32_t table = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  struct Slot {
    const Entity* row = nullptr;
    uint32_t size = 0;                            // Of the JSON.
    uint64_t fingerprint = 0;                     // Of the JSON.
    uint64_t unique_hash = 0;                     // Of kind and unique key; 0: it has none.
    absl::InlinedVector<uint32_t, 2> references;  // Numbers of parents.
    bool unreadable = false, too_deep = false;
  };
  using Section = absl::btree_map<Place, Slot>;
  using Excluded = absl::btree_set<std::pair<EntityKind, Place>>;

  // Adds the row or puts it in place of the one with its key.
  void Put(uint32_t table, const Entity& row);
  // Adds many rows to an empty index: reads their fragments in parallel, and enters them in payload
  // order, so that nobody is referred to before it is there and nothing need be searched.
  struct Row {
    EntityKind kind{};
    Place place;
    const Entity* row = nullptr;
  };
  void Load(std::vector<Row> rows, engine::Executor& executor);
  bool Remove(uint32_t table, const EntityKey& key);  // False if it was not there.
  void Clear() { *this = {}; }

  const Section& section(EntityKind kind) const { return sections_[static_cast<size_t>(kind)]; }
  size_t bytes(EntityKind kind) const { return bytes_[static_cast<size_t>(kind)]; }  // Of JSON.
  const Slot* Find(const EntityKey& key) const;

  // Whether FindExclusions could find anything, apart from what `refused` says.
  bool sound() const {
    return missing_ == 0 && contested_ == 0 && flawed_ == 0 && shared_ids_ == 0;
  }
  // What must be left out: whatever `refused` says (its authors know), and what breaches a rule,
  // with the reasons in `reasons`.
  Excluded FindExclusions(absl::FunctionRef<bool(const Slot&)> refused,
                          std::vector<Exclusion>& reasons) const;

 private:
  using ParentKey = std::pair<EntityKind, EntityId>;
  // Who is referred to.
  struct Parent {
    ParentKey key;
    uint32_t present = 0;   // Entities with this id.
    uint32_t referred = 0;  // References to it; without any it is forgotten.
  };
  class Search;

  using References = absl::InlinedVector<EntityKey, 2>;
  static Slot SlotOf(const Entity& row, const FragmentFacts& facts);  // Without its references.
  void Enter(Section::iterator at, const References& references);
  void Leave(EntityKind kind, const Place& place, const Slot& slot);
  uint32_t Refer(const ParentKey& key);
  void Unrefer(uint32_t parent);
  void CountPresent(const ParentKey& key, int change);
  static bool SharesId(const Section& section, Section::const_iterator at);
  uint32_t CountPlaces(const ParentKey& key) const;

  std::array<Section, kEntityKinds> sections_;
  std::array<size_t, kEntityKinds> bytes_{};
  absl::flat_hash_map<ParentKey, uint32_t> parent_numbers_;
  std::array<size_t, kEntityKinds> parents_of_{};  // How many of a kind are referred to.
  std::vector<Parent> parents_;
  std::vector<uint32_t> free_parents_;
  absl::flat_hash_map<uint64_t, uint32_t> owners_;  // How many have a unique key, by its hash.
  size_t missing_ = 0;                              // Parents that are referred to and absent.
  size_t contested_ = 0;                            // Unique keys with more than one owner.
  size_t shared_ids_ = 0;                           // Entities beyond the first of their id.
  size_t flawed_ = 0;                               // Unreadable or too deep.
  FragmentReader reader_;
};

}  // namespace kong
