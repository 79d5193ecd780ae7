#include "engine/index.h"

#include <algorithm>

#include "engine/assert.h"
#include "engine/rule.h"
#include "engine/table.h"

namespace engine {
namespace {
constexpr size_t kKeepCapacity = 4096;  // Lists of one epoch that grew beyond it give memory back.

template <class T>
void Clear(std::vector<T>& list) {
  list.clear();
  if (list.capacity() > kKeepCapacity) list.shrink_to_fit();
}
}  // namespace

void Domain::Touch() {
  if (touched_) return;
  touched_ = true;
  epoch_.touched.push_back(this);
  for (RuleBase* rule : wakes_) rule->Wake(epoch_);
  for (Domain* follower : followers_) follower->Touch();
}

void Domain::MarkChanged(GroupId group) {
  Touch();
  if (marked_.size() <= group) marked_.resize(std::max<size_t>(group + 1, marked_.size() * 2));
  if (marked_[group]) return;
  marked_[group] = true;
  changed_.push_back(group);
}

void Domain::ForgetChanges() {
  touched_ = false;
  for (GroupId group : changed_) marked_[group] = false;
  Clear(changed_);
  if (marked_.size() > 2 * limit() + kKeepCapacity)
    marked_.resize(limit()), marked_.shrink_to_fit();
}

void IndexBase::Describe(GroupId group, std::string& out) const {
  numbers_.type().describe(numbers_.At(group), out);
}

bool IndexBase::HasReaders(GroupId group) const {
  return std::any_of(readings_.begin(), readings_.end(),
                     [&](const Reading& r) { return r.rule->IsRead(r.read, group); });
}

void IndexBase::ReleaseDead() {
  for (GroupId group : maybe_dead_) {
    if (numbers_.used(group) && !Occupied(group) && !HasReaders(group)) numbers_.Release(group);
  }
  Clear(maybe_dead_);
}

void IndexBase::Compact() { numbers_.Compact(); }

GroupIndex::GroupIndex(std::string name, TableBase& table, const KeyType* key, GroupsOf groups_of)
    : IndexBase(std::move(name), key, table.epoch()),
      table_(table),
      groups_of_(std::move(groups_of)) {}

const Members& GroupIndex::MembersOf(GroupId group) const {
  static const Members& none = *new Members;
  return group < members_.size() ? members_[group] : none;
}

void GroupIndex::Update(GroupId row, const void* before, const void* after) {
  if (before) groups_of_(before, [&](const void* key) { Note(key, row, false); });
  if (after) groups_of_(after, [&](const void* key) { Note(key, row, true); });
}

void GroupIndex::Note(const void* key, GroupId row, bool present) {
  GroupId group = numbers_.Intern(key);
  if (members_.size() <= group) members_.resize(group + 1);
  if (pending_.empty()) epoch_.unsettled.push_back(this);
  pending_.push_back({group, row, present});
  MarkChanged(group);
}

void GroupIndex::Settle() {
  if (pending_.empty()) return;
  std::stable_sort(pending_.begin(), pending_.end(), [](const Pending& a, const Pending& b) {
    return std::pair(a.group, a.row) < std::pair(b.group, b.row);
  });
  for (auto from = pending_.begin(); from != pending_.end();) {
    auto to = std::find_if(from, pending_.end(),
                           [&](const Pending& p) { return p.group != from->group; });
    SettleGroup({from, to});
    from = to;
  }
  Clear(pending_);
}

void GroupIndex::SettleGroup(std::span<const Pending> changes) {
  scratch_.clear();
  for (size_t i = 0; i < changes.size(); ++i) {  // The last word on a row counts.
    if (i + 1 == changes.size() || changes[i + 1].row != changes[i].row) {
      scratch_.push_back({changes[i].row, changes[i].present});
    }
  }
  const KeyNumbers& rows = table_.numbers();
  Members& members = members_[changes.front().group];
  members.Apply(scratch_, [&](GroupId a, GroupId b) {
    return rows.type().compare(rows.At(a), rows.At(b)) < 0;
  });
  if (members.empty()) MayBeDead(changes.front().group);
}

void GroupIndex::Compact() {
  IndexBase::Compact();
  members_.resize(std::min(members_.size(), numbers_.limit()));
  members_.shrink_to_fit();
}

size_t GroupIndex::bytes() const {
  size_t n = members_.capacity() * sizeof(Members) + numbers_.limit() * (numbers_.type().size + 6);
  for (const Members& members : members_) n += members.heap_bytes();
  return n;
}

}  // namespace engine
