// Groups: the unit of change, and the only thing that a rule can depend on.
//
// An index partitions (more exactly: covers) the rows of a table by groups. A table is its own
// finest index, whose groups are single rows, so a point look-up, a look-up by label and a look-up
// that finds nothing are one thing: the read of a group. A row that changes marks the groups that
// it left and the groups that it entered; their readers run again.
//
// During evaluation indexes are frozen and any thread may read them; they change only in commits,
// on the engine's thread. Members of a group are handed out in key order, which is content, not
// arrival.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "engine/epoch.h"
#include "engine/key_numbers.h"
#include "engine/members.h"
#include "engine/row_type.h"

namespace engine {

class TableBase;

// What a rule can run over: groups, each of which may be marked as changed in this epoch.
class Domain {
 public:
  explicit Domain(Epoch& epoch) : epoch_(epoch) {}
  virtual ~Domain() = default;
  virtual TableBase& table() const = 0;  // The highest one that it draws from.
  virtual size_t limit() const = 0;      // Every group number is below it.
  virtual void Describe(GroupId group, std::string& out) const = 0;
  virtual void Refresh() {}  // Called before a rule over it is evaluated.
  const std::vector<GroupId>& changed() const { return changed_; }

 protected:
  friend class Graph;
  friend class RuleBase;
  void MarkChanged(GroupId group);
  virtual void ForgetChanges();
  void Follow(Domain& leader) { leader.followers_.push_back(this); }

  Epoch& epoch_;
  std::vector<RuleBase*> wakes_;    // The rules that run over this or read it.
  std::vector<Domain*> followers_;  // Change when this does.

 private:
  void Touch();

  bool touched_ = false;  // In this epoch.
  std::vector<GroupId> changed_;
  std::vector<bool> marked_;
};

class IndexBase : public Domain {
 public:
  IndexBase(std::string name, const KeyType* key, Epoch& epoch)
      : Domain(epoch), name_(std::move(name)), numbers_(key) {}
  const std::string& name() const { return name_; }
  const KeyNumbers& numbers() const { return numbers_; }
  size_t limit() const override { return numbers_.limit(); }
  void Describe(GroupId group, std::string& out) const override;
  virtual size_t SizeOf(GroupId group) const = 0;

 protected:
  friend class Graph;
  friend class RuleBase;
  struct Reading {  // A rule that declared this index as its number `read`.
    RuleBase* rule;
    uint32_t read;
  };
  // Does anything but a reader still need this group's number?
  virtual bool Occupied(GroupId group) const = 0;
  virtual void Compact();
  void MayBeDead(GroupId group) {
    if (maybe_dead_.empty()) epoch_.dying.push_back(this);
    maybe_dead_.push_back(group);
  }
  void ReleaseDead();  // At the end of an epoch: numbers that nobody needs any more.
  bool HasReaders(GroupId group) const;

  std::string name_;
  KeyNumbers numbers_;
  std::vector<Reading> readings_;
  std::vector<GroupId> maybe_dead_;
};

// An index other than the table itself.
class GroupIndex : public IndexBase {
 public:
  using Visit = absl::FunctionRef<void(const void* key)>;
  using GroupsOf = std::function<void(const void* row, Visit visit)>;
  GroupIndex(std::string name, TableBase& table, const KeyType* key, GroupsOf groups_of);
  TableBase& table() const override { return table_; }
  size_t SizeOf(GroupId group) const override { return MembersOf(group).size(); }
  // Empty also for a group that was only ever asked for.
  const Members& MembersOf(GroupId group) const;
  void ForEachGroup(const void* row, Visit visit) const { groups_of_(row, visit); }
  size_t bytes() const;

 protected:
  friend class TableBase;
  friend class Graph;
  friend class LevelRun;
  bool Occupied(GroupId group) const override {
    return group < members_.size() && !members_[group].empty();
  }
  void Compact() override;
  // A row of the table changed; null: it was, or is, not there. Applied by Settle, once per commit.
  void Update(GroupId row, const void* before, const void* after);
  void Settle();

 private:
  struct Pending {
    GroupId group, row;
    bool present;
  };
  void Note(const void* key, GroupId row, bool present);
  void SettleGroup(std::span<const Pending> changes);

  TableBase& table_;
  GroupsOf groups_of_;
  std::vector<Members> members_;
  std::vector<Pending> pending_;
  std::vector<Members::Change> scratch_;
};

}  // namespace engine
