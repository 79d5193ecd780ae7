// The one seam through which work is shared out to threads.
//
// Debian's oneTBB is not instrumented, and ThreadSanitizer reports hundreds of false races inside
// it; so the tsan build runs the same work on plain threads, and tests may run it serially. Nothing
// but this file knows how. Waking workers for one change doubles its time: batches below
// kInlineBatch run on the calling thread (measured with 1 to 4,096 changes on two cores).
#pragma once

#include <cstddef>
#include <memory>

#include "absl/functional/function_ref.h"

namespace engine {

inline constexpr size_t kInlineBatch = 16;

class Executor {
 public:
  virtual ~Executor() = default;
  // Calls body(i) once for each i < n, in any order, on up to `threads` threads, and `beside` once,
  // at the same time; returns when all have returned. Not reentrant.
  virtual void ParallelFor(size_t n, absl::FunctionRef<void(size_t)> body,
                           absl::FunctionRef<void()> beside) = 0;
  void ParallelFor(size_t n, absl::FunctionRef<void(size_t)> body) {
    ParallelFor(n, body, [] {});
  }
  // Calls both once, at the same time if there are threads for it; each should take longer than
  // waking one, which is some microseconds.
  virtual void Both(absl::FunctionRef<void()> one, absl::FunctionRef<void()> other) = 0;
};

std::unique_ptr<Executor> NewSerialExecutor();
std::unique_ptr<Executor> NewThreadsExecutor(
    size_t threads);  // Starts threads at each call; for tests.
std::unique_ptr<Executor> NewTbbExecutor(size_t threads);  // 0: as many as the process may use.
std::unique_ptr<Executor> NewExecutor(size_t threads);     // What the build was configured with.

}  // namespace engine
