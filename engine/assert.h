// CHECK and DCHECK: a broken invariant is a bug of ours, and an unknown state must not be served.
// Debian 12's Abseil has no public ones. CHECK is always on and must be cheap; DCHECK runs in
// builds with KDELTA_CHECKS (dev, fuzz). Both print the condition, the place and a sentence, then
// abort.
#pragma once

#include <string_view>

namespace engine {

// Prints "file:line: CHECK failed: condition (why)" to stderr and aborts. Any thread.
[[noreturn]] void Bug(const char* file, int line, const char* condition, std::string_view why);

#ifdef KDELTA_CHECKS
inline constexpr bool kChecks = true;
#else
inline constexpr bool kChecks = false;
#endif

}  // namespace engine

// CHECK(x, why): `why` is evaluated only on failure.
#define CHECK(condition, why) \
  ((condition) ? static_cast<void>(0) : ::engine::Bug(__FILE__, __LINE__, #condition, (why)))
#define DCHECK(condition, why)                              \
  (!::engine::kChecks || (condition) ? static_cast<void>(0) \
                                     : ::engine::Bug(__FILE__, __LINE__, #condition, (why)))
