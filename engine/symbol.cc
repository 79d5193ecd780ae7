#include "engine/symbol.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "engine/assert.h"
#include "xxhash.h"

namespace engine {
namespace {

// A number is index * kShards + shard + 1. Texts of a shard stand in chunks that never move, so
// that text() needs no lock: whoever has a number got it after its text was written.
constexpr uint32_t kShards = 16, kChunk = 1024, kChunks = 16384;
constexpr size_t kArenaBytes = 64 << 10;

struct Text {
  const char* data;
  uint32_t size;
};

class Shard {
 public:
  uint32_t Intern(std::string_view text);
  std::string_view At(uint32_t index) const {
    const Text& t = chunks_[index / kChunk].load(std::memory_order_acquire)[index % kChunk];
    return {t.data, t.size};
  }
  size_t count() const {
    std::shared_lock lock(mutex_);
    return size_;
  }
  size_t bytes() const {
    std::shared_lock lock(mutex_);
    return arena_bytes_ + size_ * (sizeof(Text) + sizeof(uint32_t) * 2);
  }

 private:
  struct Hash {
    using is_transparent = void;
    const Shard* shard;
    size_t operator()(std::string_view text) const { return XXH3_64bits(text.data(), text.size()); }
    size_t operator()(uint32_t index) const { return (*this)(shard->At(index)); }
  };
  struct Equal {
    using is_transparent = void;
    const Shard* shard;
    bool operator()(uint32_t a, uint32_t b) const { return a == b; }
    bool operator()(uint32_t a, std::string_view b) const { return shard->At(a) == b; }
    bool operator()(std::string_view a, uint32_t b) const { return a == shard->At(b); }
  };
  const char* Store(std::string_view text);  // Under the lock.

  mutable std::shared_mutex mutex_;  // Guards the rest.
  absl::flat_hash_set<uint32_t, Hash, Equal> known_{0, Hash{this}, Equal{this}};
  std::array<std::atomic<Text*>, kChunks> chunks_{};  // Written under the lock, read without.
  std::vector<std::unique_ptr<char[]>> arena_;
  size_t arena_left_ = 0;
  size_t arena_bytes_ = 0;
  char* arena_next_ = nullptr;
  uint32_t size_ = 0;
};

const char* Shard::Store(std::string_view text) {
  if (text.size() > arena_left_) {
    size_t bytes = std::max(kArenaBytes, text.size());
    arena_.push_back(std::make_unique<char[]>(bytes));
    arena_next_ = arena_.back().get();
    arena_left_ = bytes;
    arena_bytes_ += bytes;
  }
  char* at = arena_next_;
  std::memcpy(at, text.data(), text.size());
  arena_next_ += text.size();
  arena_left_ -= text.size();
  return at;
}

uint32_t Shard::Intern(std::string_view text) {
  {
    std::shared_lock lock(mutex_);
    if (auto it = known_.find(text); it != known_.end()) return *it;
  }
  std::lock_guard lock(mutex_);
  if (auto it = known_.find(text); it != known_.end()) return *it;
  uint32_t index = size_++;
  CHECK(index / kChunk < kChunks, "more than 268 million different names");
  auto& chunk = chunks_[index / kChunk];
  if (index % kChunk == 0) chunk.store(new Text[kChunk], std::memory_order_release);
  chunk.load(std::memory_order_relaxed)[index % kChunk] = {Store(text),
                                                           static_cast<uint32_t>(text.size())};
  known_.insert(index);
  return index;
}

// Never destroyed: symbols may outlive every static object.
std::array<Shard, kShards>& Shards() {
  static auto& shards = *new std::array<Shard, kShards>;
  return shards;
}

}  // namespace

Symbol::Symbol(std::string_view text) {
  if (text.empty()) return;
  size_t hash = XXH3_64bits(text.data(), text.size());
  auto shard = static_cast<uint32_t>(hash >> 32) % kShards;
  number_ = Shards()[shard].Intern(text) * kShards + shard + 1;
}

std::string_view Symbol::text() const {
  if (number_ == 0) return {};
  return Shards()[(number_ - 1) % kShards].At((number_ - 1) / kShards);
}

size_t Symbol::CountAll() {
  size_t n = 0;
  for (const Shard& shard : Shards()) n += shard.count();
  return n;
}

size_t Symbol::BytesOfAll() {
  size_t n = 0;
  for (const Shard& shard : Shards()) n += shard.bytes();
  return n;
}

}  // namespace engine
