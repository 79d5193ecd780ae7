// The members of a group, in key order.
//
// Most groups have one or two and stand inline; a group of 50,000 is a list of chunks, so that one
// insertion does not move 50,000 numbers. Many changes at once cost O(size + changes * log
// changes).
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "engine/row_type.h"

namespace engine {

class Members {
 public:
  using Chunk = std::vector<GroupId>;
  using Less = absl::FunctionRef<bool(GroupId, GroupId)>;
  struct Change {
    GroupId row;
    bool present;
  };

  size_t size() const { return big_ ? big_->size : few_.size(); }
  bool empty() const { return size() == 0; }
  // Applies changes that are sorted by row number and name each row once. Adding a member that is
  // there, or removing one that is not, changes nothing.
  void Apply(std::span<const Change> changes, Less less);

  // A walk in key order.
  class Iterator {
   public:
    Iterator(std::span<const GroupId> here, std::span<const Chunk> rest)
        : here_(here), rest_(rest) {}
    GroupId operator*() const { return here_.front(); }
    Iterator& operator++() {
      here_ = here_.subspan(1);
      if (here_.empty() && !rest_.empty()) here_ = rest_.front(), rest_ = rest_.subspan(1);
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.here_.size() == b.here_.size() && a.rest_.size() == b.rest_.size();
    }

   private:
    std::span<const GroupId> here_;
    std::span<const Chunk> rest_;
  };
  Iterator begin() const {
    if (!big_) return {few_, {}};
    std::span<const Chunk> chunks = big_->chunks;
    return {chunks.front(), chunks.subspan(1)};
  }
  Iterator end() const { return {{}, {}}; }
  size_t heap_bytes() const;

 private:
  static constexpr size_t kMany = 256;
  struct Big {
    std::vector<Chunk> chunks;  // None is empty.
    size_t size;
  };
  void ApplyOne(Change change, Less less);
  void ApplyMany(std::span<const Change> changes, Less less);
  Chunk Flat() const;
  void Assign(Chunk all);

  absl::InlinedVector<GroupId, 4> few_;
  std::unique_ptr<Big> big_;  // If set, few_ is empty.
};

}  // namespace engine
