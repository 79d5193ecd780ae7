// A moment that moves: calls once when it is reached, and is cheap to push back.
//
// The idle limit of a connection moves with every piece that arrives. Instead of one timer a piece,
// one timer wakes at the earliest moment that was set and sleeps again for what is left.
// Clock thread only. Destroying it cancels.
#pragma once

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "io/clock.h"

namespace io {

class Deadline {
 public:
  Deadline(Clock& clock, absl::AnyInvocable<void()> then) : clock_(clock), then_(std::move(then)) {}
  void Set(absl::Duration from_now);  // Replaces the moment; it may also move forward.
  void Clear();

 private:
  void Sleep(absl::Duration delay);
  void Wake();

  Clock& clock_;
  absl::AnyInvocable<void()> then_;
  absl::Duration moment_ = absl::InfiniteDuration();  // In uptime.
  absl::Duration wakes_at_ = absl::InfiniteDuration();
  Timer timer_;
};

}  // namespace io
