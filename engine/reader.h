// The window of a rule: the only way in which it sees tables, and the record of every look.
//
// A look that finds nothing is recorded too, as its key; the commit numbers such keys, so that the
// row or group that appears later has readers already. One Reader serves one evaluation, on one
// thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/index.h"
#include "engine/table.h"

namespace engine {

template <Row R, RowKey G>
class Index;

// The rows of a group, in key order. Reading only size() costs O(1), and depends on the group as a
// whole.
template <Row R>
class Group {
 public:
  Group() = default;
  Group(const Table<R>* table, const Members* members) : table_(table), members_(members) {}
  class Iterator {
   public:
    Iterator(const Table<R>* table, Members::Iterator at) : table_(table), at_(at) {}
    const R& operator*() const { return *table_->At(*at_); }
    const R* operator->() const { return table_->At(*at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }

   private:
    const Table<R>* table_;
    Members::Iterator at_;
  };
  Iterator begin() const {
    return {table_, members_ ? members_->begin() : Members::Iterator({}, {})};
  }
  Iterator end() const { return {table_, Members::Iterator({}, {})}; }
  size_t size() const { return members_ ? members_->size() : 0; }
  bool empty() const { return size() == 0; }
  const R& front() const { return *begin(); }

 private:
  const Table<R>* table_ = nullptr;
  const Members* members_ = nullptr;
};

// What one evaluation read: for each look the rule's number of the index, and the group or missing
// key.
struct Looks {
  struct Miss {
    uint32_t read;
    KeyBytes key;
  };
  absl::InlinedVector<uint64_t, 6> edges;  // EdgeOf(read, group)
  std::vector<Miss> misses;
};
inline uint64_t EdgeOf(uint32_t read, GroupId group) { return uint64_t{read} << 32 | group; }
inline uint32_t ReadOf(uint64_t edge) { return static_cast<uint32_t>(edge >> 32); }
inline GroupId GroupOf(uint64_t edge) { return static_cast<GroupId>(edge); }

class Reader {
 public:
  Reader(const std::vector<IndexBase*>& reads, Looks& looks) : reads_(reads), looks_(looks) {}

  // The row of that key, or null.
  template <Row R>
  const R* Find(const Table<R>& table, const typename R::Key& key) {
    GroupId row = Look(table, &key);
    return row == kNoGroup ? nullptr : table.At(row);
  }
  // The rows of that group; empty if there are none.
  template <Row R, RowKey G>
  Group<R> In(const Index<R, G>& index, const G& key) {
    GroupId group = Look(index, &key);
    return group == kNoGroup ? Group<R>() : index.At(group);
  }

 private:
  GroupId Look(const IndexBase& index, const void* key);

  const std::vector<IndexBase*>& reads_;
  Looks& looks_;
};

}  // namespace engine
