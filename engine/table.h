// Tables: rows by key, their fingerprints, the hash of the whole, and the feed of what changed.
//
// A Source is set from outside; any other table is written by rules, through Claims. A row that
// equals the one in its place, by fingerprint and then by comparison, changes nothing: no mark, no
// feed, no reader.
//
// The feed answers "what changed since version v": each key once, with the row that it has now. The
// table is the log; there is nothing else to replay. Only tables with KeepFeed pay for it.
// Tombstones are dropped once every consumer has acknowledged a later version; a consumer from
// before that horizon starts again from version 0, which is a walk over all rows.
//
// Threads: written by the engine's thread between and in commits; read by any thread during
// evaluation.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "engine/index.h"
#include "engine/row_type.h"

namespace engine {

class Claims;

class TableBase : public IndexBase {
 public:
  TableBase(std::string name, const RowType* type, Epoch& epoch);
  ~TableBase() override;

  const RowType& type() const { return *type_; }
  size_t size() const { return size_; }
  const SetHash& hash() const { return hash_; }
  int level() const { return level_; }
  Epoch& epoch() const { return epoch_; }
  virtual bool is_source() const { return false; }
  const Claims* claims() const { return claims_.get(); }  // Null for a source.

  const void* RowAt(GroupId row) const { return row < rows_.size() ? rows_[row] : nullptr; }
  const void* FindRow(const void* key) const;
  const std::vector<GroupIndex*>& indexes() const { return indexes_; }

  // The feed. Versions are those that Graph::Step returned.
  void KeepFeed() { keeps_feed_ = true; }  // Before the first row.
  // Visits the number of each key that changed after `since`, the latest first; its row may be
  // gone. False, without a visit, if tombstones of that time are gone: start again from 0, with all
  // rows.
  bool ChangedSince(Version since, absl::FunctionRef<void(GroupId)> visit) const;
  size_t feed_size() const { return feed_.size(); }
  Version horizon() const { return horizon_; }

  TableBase& table() const override { return const_cast<TableBase&>(*this); }
  size_t SizeOf(GroupId group) const override { return RowAt(group) ? 1 : 0; }
  size_t bytes() const;      // Rows, columns and keys; approximate, in O(rows).
  size_t row_bytes() const;  // Rows alone.

 protected:
  friend class Graph;
  friend class RuleBase;
  friend class PairsBase;
  friend class Claims;
  friend class Inbox;
  bool SetRow(AnyRow row);
  bool SetRow(AnyRow row, Fingerprint fingerprint);
  bool EraseRow(const void* key);
  // Puts a row (or null) in its place; false if that changes nothing.
  bool Replace(GroupId row, AnyRow next, Fingerprint fingerprint);
  bool Occupied(GroupId group) const override;
  void Compact() override;
  void CompactFeed(Version acknowledged);
  void Seal() { sealed_ = true; }  // A rule reads it: whatever writes it must already be declared.
  void WrittenAt(int level);

  const RowType* type_;
  std::unique_ptr<Claims> claims_;
  std::vector<void*> rows_;
  std::vector<Fingerprint> fingerprints_;
  SetHash hash_;
  size_t size_ = 0;
  int level_ = 0;

 private:
  struct Mention {
    Version version;
    GroupId row;
  };
  bool InFeed(GroupId row) const {
    return keeps_feed_ && row < changed_at_.size() && changed_at_[row] > horizon_;
  }
  void EnterFeed(GroupId row);

  std::vector<GroupIndex*> indexes_;
  std::vector<Mention> feed_;        // Older mentions of a key are skipped, and compacted away.
  std::vector<Version> changed_at_;  // By row number.
  Version horizon_ = 0;
  bool keeps_feed_ = false;
  bool sealed_ = false;
};

template <Row R>
class Table : public TableBase {
 public:
  using RowOf = R;
  using Key = typename R::Key;
  Table(std::string name, Epoch& epoch) : TableBase(std::move(name), &kRowType<R>, epoch) {}
  const R* Find(const Key& key) const { return static_cast<const R*>(FindRow(&key)); }
  const R* At(GroupId row) const { return static_cast<const R*>(RowAt(row)); }
  Key KeyAt(GroupId row) const {
    Key key;
    std::memcpy(static_cast<void*>(&key), numbers().At(row), sizeof key);
    return key;
  }
  // In no particular order.
  void ForEach(absl::FunctionRef<void(const R&)> visit) const {
    for (const void* row : rows_) {
      if (row) visit(*static_cast<const R*>(row));
    }
  }
  // As TableBase::ChangedSince; the row is null if it is gone.
  bool ChangedSince(Version since, absl::FunctionRef<void(const Key&, const R*)> visit) const {
    return TableBase::ChangedSince(since, [&](GroupId row) { visit(KeyAt(row), At(row)); });
  }
};

// A table that the world writes. Set and Erase take effect in the next epoch; engine thread only.
template <Row R>
class Source final : public Table<R> {
 public:
  using Table<R>::Table;
  bool is_source() const override { return true; }
  bool Set(R row) { return this->SetRow(AnyRow::Of(std::move(row))); }
  bool Erase(const typename R::Key& key) { return this->EraseRow(&key); }
};

}  // namespace engine
