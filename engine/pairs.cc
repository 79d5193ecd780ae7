#include "engine/pairs.h"

#include <algorithm>
#include <utility>

#include "engine/assert.h"

namespace engine {

PairsBase::PairsBase(std::string name, GroupIndex& a, GroupIndex& b)
    : Domain(a.table().epoch()), name_(std::move(name)), a_(a), b_(b) {
  Follow(a.table());
  if (&a.table() != &b.table()) Follow(b.table());
}

TableBase& PairsBase::table() const {
  return a_.table().level() >= b_.table().level() ? a_.table() : b_.table();
}

void PairsBase::Describe(GroupId pair, std::string& out) const {
  a_.table().Describe(pairs_[pair].a, out);
  out += " x ";
  b_.table().Describe(pairs_[pair].b, out);
}

void PairsBase::Refresh() {
  if (std::exchange(fresh_, true)) return;
  for (GroupId row : a_.table().changed()) {
    MarkAll(of_a_, row);
    MeetAll(a_, row, b_, true);
  }
  for (GroupId row : b_.table().changed()) {
    MarkAll(of_b_, row);
    MeetAll(b_, row, a_, false);
  }
  for (GroupId pair : changed()) {
    alive_[pair] = StillMeet(pairs_[pair]);
    if (!alive_[pair]) ended_.push_back(pair);
  }
}

void PairsBase::MeetAll(GroupIndex& from, GroupId row, GroupIndex& to, bool from_a) {
  const void* content = from.table().RowAt(row);
  if (!content) return;
  from.ForEachGroup(content, [&](const void* key) {
    GroupId group = to.numbers().Find(key);
    if (group == kNoGroup) return;
    for (GroupId other : to.MembersOf(group)) Meet(from_a ? Pair{row, other} : Pair{other, row});
  });
}

void PairsBase::Meet(Pair pair) {
  auto [it, fresh] = numbers_.try_emplace(pair, 0);
  if (fresh) {
    if (free_.empty()) {
      it->second = static_cast<GroupId>(pairs_.size());
      pairs_.push_back(pair);
      alive_.push_back(false);
    } else {
      it->second = free_.back();
      free_.pop_back();
      pairs_[it->second] = pair;
    }
    Remember(of_a_, pair.a, it->second);
    Remember(of_b_, pair.b, it->second);
  }
  MarkChanged(it->second);
}

void PairsBase::Remember(Lists& lists, GroupId row, GroupId pair) {
  if (lists.size() <= row) lists.resize(std::max<size_t>(row + 1, lists.size() * 2));
  lists[row].push_back(pair);
}

void PairsBase::MarkAll(const Lists& lists, GroupId row) {
  if (row >= lists.size()) return;
  for (GroupId pair : lists[row]) MarkChanged(pair);
}

bool PairsBase::StillMeet(Pair pair) const {
  const void* a = a_.table().RowAt(pair.a);
  const void* b = b_.table().RowAt(pair.b);
  if (!a || !b) return false;
  bool meet = false;
  size_t size = a_.numbers().type().size;
  a_.ForEachGroup(a, [&](const void* x) {
    b_.ForEachGroup(b, [&](const void* y) { meet |= std::memcmp(x, y, size) == 0; });
  });
  return meet;
}

void PairsBase::ForgetChanges() {
  Domain::ForgetChanges();
  fresh_ = false;
  if (ended_.empty()) return;
  std::vector<GroupId> rows_a, rows_b;
  for (GroupId pair : ended_) {
    numbers_.erase(pairs_[pair]);
    rows_a.push_back(pairs_[pair].a), rows_b.push_back(pairs_[pair].b);
    free_.push_back(pair);
  }
  // Each list that lost a pair is swept once, whatever the number of pairs that it lost.
  auto sweep = [&](Lists& lists, std::vector<GroupId>& rows) {
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    for (GroupId row : rows) {
      std::erase_if(lists[row], [&](GroupId pair) { return !alive_[pair]; });
      if (lists[row].empty()) lists[row].shrink_to_fit();
    }
  };
  sweep(of_a_, rows_a), sweep(of_b_, rows_b);
  for (GroupId pair : ended_) pairs_[pair] = {};
  ended_.clear();
}

absl::Status PairsBase::Check() const {
  size_t alive = 0;
  for (GroupId pair = 0; pair < pairs_.size(); ++pair) {
    if (!alive_[pair]) continue;
    ++alive;
    auto it = numbers_.find(pairs_[pair]);
    if (it == numbers_.end() || it->second != pair)
      return Internal(name_, ": a pair is not to be found");
    if (!StillMeet(pairs_[pair])) return Internal(name_, ": a pair is alive that does not meet");
  }
  if (alive != numbers_.size())
    return Internal(name_, ": ", numbers_.size(), " pairs are known, ", alive, " alive");
  size_t expected = 0;  // Every meeting is a pair.
  for (GroupId row = 0; row < a_.table().limit(); ++row) {
    const void* content = a_.table().RowAt(row);
    if (!content) continue;
    std::vector<GroupId> others;
    a_.ForEachGroup(content, [&](const void* key) {
      GroupId group = b_.numbers().Find(key);
      if (group == kNoGroup) return;
      for (GroupId other : b_.MembersOf(group)) others.push_back(other);
    });
    std::sort(others.begin(), others.end());
    others.erase(std::unique(others.begin(), others.end()), others.end());
    expected += others.size();
  }
  if (expected != alive)
    return Internal(name_, ": ", expected, " pairs meet, ", alive, " are alive");
  return absl::OkStatus();
}

}  // namespace engine
