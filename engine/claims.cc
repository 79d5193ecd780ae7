#include "engine/claims.h"

#include <limits>
#include <utility>

#include "engine/assert.h"
#include "engine/table.h"
#include "engine/text.h"

namespace engine {

bool Claims::Assert(Origin origin, GroupId key, Claim claim) {
  if (owners_.size() <= key) owners_.resize(std::max<size_t>(key + 1, owners_.size() * 2), kNobody);
  Origin owner = owners_[key];
  if (owner == kNobody) return Install(origin, key, std::move(claim));
  if (owner == origin) {
    auto next = FirstOf(key);
    if (next == waiting_.end() || claim.rank <= next->first.rank) {
      return Install(origin, key, std::move(claim));
    }
    bool changed = Promote(key, next);  // Its own rank fell behind.
    Wait(origin, key, std::move(claim));
    return changed;
  }
  Forget(origin, key);
  if (!(claim.rank < RankOf(key))) {
    Wait(origin, key, std::move(claim));
    return false;
  }
  Wait(owner, key, CopyOfOwner(key));
  return Install(origin, key, std::move(claim));
}

void Claims::Withdraw(Origin origin, GroupId key) {
  if (OwnerOf(key) != origin) return Forget(origin, key);
  if (auto next = FirstOf(key); next != waiting_.end()) {
    Promote(key, next);
    return;
  }
  owners_[key] = kNobody;
  table_.Replace(key, {}, {});
  table_.MayBeDead(key);
}

bool Claims::Install(Origin origin, GroupId key, Claim claim) {
  owners_[key] = origin;
  if (ranks_.size() <= key && claim.rank != Rank{}) {
    ranks_.resize(std::max<size_t>(key + 1, ranks_.size() * 2));
  }
  if (key < ranks_.size()) ranks_[key] = claim.rank;
  return table_.Replace(key, std::move(claim.row), claim.fingerprint);
}

bool Claims::Promote(GroupId key, Queue::iterator next) {
  Turn turn = next->first;
  Waiting waiting = std::move(next->second);
  waiting_.erase(next);
  turns_.erase({key, turn.origin});
  return Install(turn.origin, key, {std::move(waiting.row), waiting.fingerprint, turn.rank});
}

void Claims::Wait(Origin origin, GroupId key, Claim claim) {
  turns_[{key, origin}] = claim.rank;
  waiting_.insert_or_assign(Turn{key, claim.rank, origin},
                            Waiting{std::move(claim.row), claim.fingerprint});
}

void Claims::Forget(Origin origin, GroupId key) {
  auto it = turns_.find({key, origin});
  if (it == turns_.end()) return;
  waiting_.erase(Turn{key, it->second, origin});
  turns_.erase(it);
}

Claims::Queue::iterator Claims::FirstOf(GroupId key) {
  if (waiting_.empty()) return waiting_.end();
  Rank lowest{
      .created_s = std::numeric_limits<int64_t>::min(), .tier = 0, .nth = 0, .ns = {}, .name = {}};
  auto it = waiting_.lower_bound(Turn{key, lowest, Origin{0, 0}});
  return it != waiting_.end() && it->first.key == key ? it : waiting_.end();
}

Claims::Claim Claims::CopyOfOwner(GroupId key) const {
  const RowType& type = table_.type();
  return {AnyRow(type.clone(table_.RowAt(key)), &type), table_.fingerprints_[key], RankOf(key)};
}

void Claims::ForEachWaiting(GroupId key,
                            absl::FunctionRef<void(Origin, const Rank&, const void*)> visit) const {
  for (auto it = const_cast<Claims*>(this)->FirstOf(key);
       it != waiting_.end() && it->first.key == key; ++it) {
    visit(it->first.origin, it->first.rank, it->second.row.get());
  }
}

absl::Status Claims::Check() const {
  auto bad = [&](GroupId key, std::string_view what) {
    std::string out = Cat("table ", table_.name(), ", key ");
    table_.Describe(key, out);
    return Internal(out, ": ", what);
  };
  for (GroupId key = 0; key < owners_.size(); ++key) {
    if (owners_[key] != kNobody && !table_.RowAt(key)) return bad(key, "has an owner but no row");
    if (owners_[key] == kNobody && table_.RowAt(key)) return bad(key, "has a row but no owner");
  }
  if (turns_.size() != waiting_.size())
    return bad(0, "waiting claims are counted differently twice");
  for (const auto& [turn, waiting] : waiting_) {
    auto it = turns_.find({turn.key, turn.origin});
    if (it == turns_.end() || it->second != turn.rank)
      return bad(turn.key, "a waiting claim is not to be found");
    if (OwnerOf(turn.key) == kNobody)
      return bad(turn.key, "somebody waits for a key that nobody owns");
    if (OwnerOf(turn.key) == turn.origin) return bad(turn.key, "an owner waits for its own key");
    if (turn.rank < RankOf(turn.key)) return bad(turn.key, "a better claim waits");
    if (turn.rank == RankOf(turn.key) &&
        !table_.type().equal(waiting.row.get(), table_.RowAt(turn.key))) {
      return bad(turn.key,
                 "two claims of equal rank differ: the ranks of its rules must tell them apart");
    }
  }
  return absl::OkStatus();
}

void Claims::Compact(size_t limit) {
  if (owners_.size() > limit) owners_.resize(limit);
  if (ranks_.size() > limit) ranks_.resize(limit);
  owners_.shrink_to_fit();
  ranks_.shrink_to_fit();
  if (turns_.capacity() > 4 * turns_.size() + 64) turns_.rehash(0);
}

size_t Claims::bytes() const {
  size_t n = owners_.capacity() * sizeof(Origin) + ranks_.capacity() * sizeof(Rank);
  n += turns_.capacity() * (sizeof(std::pair<GroupId, Origin>) + sizeof(Rank) + 1);
  for (const auto& [turn, waiting] : waiting_) {
    n += sizeof(Turn) + sizeof(Waiting) + table_.type().bytes(waiting.row.get());
  }
  return n;
}

}  // namespace engine
