#include "engine/key_numbers.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "engine/assert.h"
#include "xxhash.h"

namespace engine {

size_t KeyNumbers::Hash::operator()(Key key) const {
  return XXH3_64bits(key.data, numbers->type_->size);
}

bool KeyNumbers::Equal::operator()(GroupId a, Key b) const {
  return std::memcmp(numbers->At(a), b.data, numbers->type_->size) == 0;
}

GroupId KeyNumbers::Find(const void* key) const {
  auto it = known_.find(Key{key});
  return it == known_.end() ? kNoGroup : *it;
}

GroupId KeyNumbers::Intern(const void* key) {
  if (GroupId number = Find(key); number != kNoGroup) return number;
  GroupId number;
  if (free_.empty()) {
    number = static_cast<GroupId>(used_.size());
    CHECK(number != kNoGroup, "more than four billion keys in one index");
    used_.push_back(true);
    bytes_.resize(bytes_.size() + type_->size);
  } else {
    number = free_.back();
    free_.pop_back();
    used_[number] = true;
  }
  std::memcpy(bytes_.data() + size_t{number} * type_->size, key, type_->size);
  known_.insert(number);
  return number;
}

void KeyNumbers::Release(GroupId number) {
  CHECK(used(number), "a key number is released twice");
  known_.erase(number);
  used_[number] = false;
  free_.push_back(number);
}

size_t KeyNumbers::Compact() {
  std::sort(free_.begin(), free_.end(), std::greater<>());
  size_t gone = 0;  // Free numbers at the end stand first now, and without a gap.
  while (gone < free_.size() && free_[gone] + 1 == used_.size()) {
    used_.pop_back();
    ++gone;
  }
  // The rest stays in descending order: the lowest number is given out next.
  free_.erase(free_.begin(), free_.begin() + static_cast<std::ptrdiff_t>(gone));
  free_.shrink_to_fit();
  used_.shrink_to_fit();
  bytes_.resize(used_.size() * type_->size);
  bytes_.shrink_to_fit();
  if (known_.capacity() > 4 * known_.size() + 64) known_.rehash(0);
  return used_.size();
}

}  // namespace engine
