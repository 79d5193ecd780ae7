// Time and timers behind one interface, so that tests and simulations can own time.
//
// io::Loop is the real clock. Everything that waits (reflectors, pacers, back-off) takes a Clock&.
// A clock and its timers belong to one thread, the one that runs the loop.
#pragma once

#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace io {

// A pending call; destroying or resetting it cancels the call. Destroy it on the clock's thread.
class Timer {
 public:
  class Pending {
   public:
    virtual ~Pending() = default;  // Cancels.
  };
  Timer() = default;
  explicit Timer(std::unique_ptr<Pending> pending) : pending_(std::move(pending)) {}
  void Cancel() { pending_.reset(); }
  explicit operator bool() const { return pending_ != nullptr; }

 private:
  std::unique_ptr<Pending> pending_;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;         // Wall time, for display and for certificates.
  virtual absl::Duration Uptime() const = 0;  // Monotonic, from an arbitrary start; for measuring.
  // Calls `then` once on the clock's thread, not before `delay` has passed and never from within
  // After.
  [[nodiscard]] virtual Timer After(absl::Duration delay, absl::AnyInvocable<void()> then) = 0;
};

}  // namespace io
