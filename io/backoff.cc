#include "io/backoff.h"

#include <algorithm>

namespace io {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014): one add and three mixes, good enough to spread retries.
uint64_t NextRandom(uint64_t& state) {
  uint64_t x = state += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

}  // namespace

absl::Duration Backoff::Next() {
  const absl::Duration most = std::min(next_, cap_);
  next_ = std::min(most * 2, cap_);
  const double part = static_cast<double>(NextRandom(state_) >> 11) * 0x1p-53;  // In [0, 1).
  return most / 2 + most / 2 * part;
}

}  // namespace io
