// Numbers keys densely, and takes numbers back.
//
// Everything the engine keeps per key is a column indexed by this number. A number that is released
// is given to the next new key, so columns do not grow with the keys that ever were. Not
// thread-safe: Find from any thread while nobody writes. Cost: 1 hash look-up; size + 5 bytes a
// key.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "engine/row_type.h"

namespace engine {

class KeyNumbers {
 public:
  explicit KeyNumbers(const KeyType* type) : type_(type), known_(0, Hash{this}, Equal{this}) {}
  KeyNumbers(const KeyNumbers&) = delete;
  KeyNumbers& operator=(const KeyNumbers&) = delete;

  GroupId Find(const void* key) const;  // kNoGroup if it has none.
  GroupId Intern(const void* key);
  void Release(GroupId number);
  const void* At(GroupId number) const { return bytes_.data() + size_t{number} * type_->size; }
  bool used(GroupId number) const { return number < used_.size() && used_[number]; }
  size_t limit() const { return used_.size(); }  // Every number is below it.
  size_t count() const { return known_.size(); }
  const KeyType& type() const { return *type_; }
  // Gives memory back: drops free numbers at the end. Returns the new limit.
  size_t Compact();

 private:
  struct Key {
    const void* data;
  };
  struct Hash {
    using is_transparent = void;
    const KeyNumbers* numbers;
    size_t operator()(Key key) const;
    size_t operator()(GroupId number) const { return (*this)(Key{numbers->At(number)}); }
  };
  struct Equal {
    using is_transparent = void;
    const KeyNumbers* numbers;
    bool operator()(GroupId a, GroupId b) const { return a == b; }
    bool operator()(GroupId a, Key b) const;
    bool operator()(Key a, GroupId b) const { return (*this)(b, a); }
  };

  const KeyType* type_;
  std::vector<unsigned char> bytes_;  // Keys, one after the other.
  std::vector<bool> used_;
  std::vector<GroupId> free_;
  absl::flat_hash_set<GroupId, Hash, Equal> known_;
};

}  // namespace engine
