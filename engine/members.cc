#include "engine/members.h"

#include <algorithm>

namespace engine {
namespace {

template <class List>
void SetIn(List& list, Members::Change change, Members::Less less) {
  auto at = std::lower_bound(list.begin(), list.end(), change.row, less);
  bool there = at != list.end() && *at == change.row;
  if (there == change.present) return;
  if (there) {
    list.erase(at);
  } else {
    list.insert(at, change.row);
  }
}

}  // namespace

void Members::Apply(std::span<const Change> changes, Less less) {
  if (changes.size() > 2 + size() / 64) return ApplyMany(changes, less);
  for (Change change : changes) ApplyOne(change, less);
}

void Members::ApplyOne(Change change, Less less) {
  if (!big_) {
    SetIn(few_, change, less);
    if (few_.size() > kMany) Assign(Chunk(few_.begin(), few_.end()));
    return;
  }
  auto& chunks = big_->chunks;
  auto chunk = std::upper_bound(chunks.begin(), chunks.end(), change.row,
                                [&](GroupId row, const Chunk& c) { return less(row, c.front()); });
  if (chunk != chunks.begin()) --chunk;
  big_->size -= chunk->size();
  SetIn(*chunk, change, less);
  big_->size += chunk->size();
  if (chunk->size() > 2 * kMany) {
    Chunk half(chunk->begin() + kMany, chunk->end());
    chunk->resize(kMany);
    chunks.insert(chunk + 1, std::move(half));
  } else if (chunk->empty()) {
    chunks.erase(chunk);
  }
  if (big_->size <= kMany / 2) Assign(Flat());
}

void Members::ApplyMany(std::span<const Change> changes, Less less) {
  auto named = [&](GroupId row) {
    auto at = std::lower_bound(changes.begin(), changes.end(), row,
                               [](const Change& c, GroupId r) { return c.row < r; });
    return at != changes.end() && at->row == row;
  };
  Chunk all = Flat();
  all.erase(std::remove_if(all.begin(), all.end(), named), all.end());
  auto old_size = static_cast<std::ptrdiff_t>(all.size());
  for (const Change& change : changes) {
    if (change.present) all.push_back(change.row);
  }
  std::sort(all.begin() + old_size, all.end(), less);
  std::inplace_merge(all.begin(), all.begin() + old_size, all.end(), less);
  Assign(std::move(all));
}

Members::Chunk Members::Flat() const {
  Chunk all;
  all.reserve(size());
  for (GroupId row : *this) all.push_back(row);
  return all;
}

void Members::Assign(Chunk all) {
  few_.clear();
  big_.reset();
  if (all.size() <= kMany) {
    few_.assign(all.begin(), all.end());
    few_.shrink_to_fit();
    return;
  }
  few_.shrink_to_fit();
  big_ = std::make_unique<Big>(Big{{}, all.size()});
  for (size_t i = 0; i < all.size(); i += kMany) {
    auto begin = all.begin() + static_cast<std::ptrdiff_t>(i);
    auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), i + kMany));
    big_->chunks.emplace_back(begin, end);
  }
}

size_t Members::heap_bytes() const {
  if (!big_) return few_.capacity() > 4 ? few_.capacity() * sizeof(GroupId) : 0;
  size_t n = sizeof(Big) + big_->chunks.capacity() * sizeof(Chunk);
  for (const Chunk& chunk : big_->chunks) n += chunk.capacity() * sizeof(GroupId);
  return n;
}

}  // namespace engine
