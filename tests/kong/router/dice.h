// Where random worlds and requests take their choices from: a generator with a seed, or the bytes
// of a fuzzer, whose mutations then move through the same worlds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>

namespace kong {

class Dice {
 public:
  explicit Dice(std::function<uint32_t()> next) : next_(std::move(next)) {}
  uint32_t Below(uint32_t limit) { return next_() % limit; }
  bool OneIn(uint32_t n) { return Below(n) == 0; }
  std::string_view AnyOf(std::span<const std::string_view> choices) {
    return choices[Below(static_cast<uint32_t>(choices.size()))];
  }
  std::string_view OneOf(std::initializer_list<std::string_view> choices) {
    return choices.begin()[Below(static_cast<uint32_t>(choices.size()))];
  }

 private:
  std::function<uint32_t()> next_;
};

}  // namespace kong
