// Who owns a contested key.
//
// Several groups, of several rules, may say a row of the same key. The claim of lowest Rank is the
// row; the others wait, and when the winner withdraws the next takes over without running any rule.
// Ranks come from content (tier, age, namespace and name as text), never from arrival, so replicas
// and restarts agree. Invariant: equal ranks on one key only with equal content; Graph::Check fails
// otherwise.
//
// The rank lives with the owner and not in the row: an early cutoff may keep an older row of equal
// content, whose rank would be a stranger's.
//
// Cost: O(log waiting) a claim; a claim that waits takes its row and about 150 bytes.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "engine/row_type.h"

namespace engine {

class TableBase;

// Lowest wins. `tier` comes first, `nth` (a rule's or match's position) last.
struct Rank {
  int64_t created_s = 0;
  uint32_t tier = 0, nth = 0;
  Symbol ns, name;
  friend bool operator==(const Rank&, const Rank&) = default;
  friend std::strong_ordering operator<=>(const Rank& a, const Rank& b) {
    if (auto c = a.tier <=> b.tier; c != 0) return c;
    if (auto c = a.created_s <=> b.created_s; c != 0) return c;
    if (auto c = a.ns <=> b.ns; c != 0) return c;
    if (auto c = a.name <=> b.name; c != 0) return c;
    return a.nth <=> b.nth;
  }
};

// Which group of which rule said a row.
struct Origin {
  uint32_t rule = ~0u;
  GroupId group = kNoGroup;
  friend auto operator<=>(const Origin&, const Origin&) = default;
  template <class H>
  friend H AbslHashValue(H h, const Origin& o) {
    return H::combine(std::move(h), o.rule, o.group);
  }
};
inline constexpr Origin kNobody{};

class Claims {
 public:
  explicit Claims(TableBase& table) : table_(table) {}

  struct Claim {
    AnyRow row;
    Fingerprint fingerprint;
    Rank rank;
  };
  // One origin has at most one claim on a key; a new one replaces it. True if the table changed.
  bool Assert(Origin origin, GroupId key, Claim claim);
  void Withdraw(Origin origin, GroupId key);

  Origin OwnerOf(GroupId key) const { return key < owners_.size() ? owners_[key] : kNobody; }
  Rank RankOf(GroupId key) const { return key < ranks_.size() ? ranks_[key] : Rank{}; }
  bool Contested(GroupId key) const { return OwnerOf(key) != kNobody; }
  size_t waiting() const { return waiting_.size(); }
  // In the order in which they would win.
  void ForEachWaiting(GroupId key,
                      absl::FunctionRef<void(Origin, const Rank&, const void*)> visit) const;
  absl::Status Check() const;
  void Compact(size_t limit);
  size_t bytes() const;

 private:
  struct Turn {
    GroupId key;
    Rank rank;
    Origin origin;
    friend bool operator==(const Turn&, const Turn&) = default;
    friend std::strong_ordering operator<=>(const Turn& a, const Turn& b) {
      if (auto c = a.key <=> b.key; c != 0) return c;
      if (auto c = a.rank <=> b.rank; c != 0) return c;
      return a.origin <=> b.origin;
    }
  };
  struct Waiting {
    AnyRow row;
    Fingerprint fingerprint;
  };
  using Queue = absl::btree_map<Turn, Waiting>;

  bool Install(Origin origin, GroupId key, Claim claim);
  bool Promote(GroupId key, Queue::iterator next);
  void Wait(Origin origin, GroupId key, Claim claim);
  void Forget(Origin origin, GroupId key);  // If it waits.
  Queue::iterator FirstOf(GroupId key);
  Claim CopyOfOwner(GroupId key) const;

  TableBase& table_;
  std::vector<Origin> owners_;  // By key.
  std::vector<Rank> ranks_;     // By key, of the owner; empty as long as nobody ranks.
  Queue waiting_;               // Contested keys only.
  absl::flat_hash_map<std::pair<GroupId, Origin>, Rank>
      turns_;  // Where a claim stands in the queue.
};

}  // namespace engine
