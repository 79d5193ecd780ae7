// 128 bits of content, and the hash of a set of contents in which order does not count.
//
// A fingerprint is XXH3-128 over a row's encoded fields. Symbols enter by number, so fingerprints
// mean nothing outside the process and are never stored. Equal fingerprints make rows candidates
// for being equal; the engine compares the rows before it believes it.
#pragma once

#include <cstdint>
#include <string_view>

namespace engine {

struct Fingerprint {
  uint64_t high = 0, low = 0;
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
  static Fingerprint Of(std::string_view bytes);
};

// Insert and Remove commute and cancel: the hash of a table costs O(1) a change.
class SetHash {
 public:
  void Insert(Fingerprint f) { high_ += f.high, low_ += f.low; }
  void Remove(Fingerprint f) { high_ -= f.high, low_ -= f.low; }
  friend bool operator==(const SetHash&, const SetHash&) = default;
  uint64_t low() const { return low_; }

 private:
  uint64_t high_ = 0, low_ = 0;
};

}  // namespace engine
