// How many random requests the tests of this folder try together: KDELTA_REQUESTS of the
// environment, else a million where the compiler optimizes, and less where it does not. Each test
// has its share.
#pragma once

#include <cstdint>
#include <cstdlib>

#include "engine/text.h"

namespace kong {

inline uint64_t RequestCount() {
#ifdef __OPTIMIZE__
  constexpr uint64_t kDefault = 1'000'000;
#else
  constexpr uint64_t kDefault = 40'000;
#endif
  const char* text = std::getenv("KDELTA_REQUESTS");
  return text ? static_cast<uint64_t>(engine::ParseInt(text).value_or(kDefault)) : kDefault;
}

}  // namespace kong
