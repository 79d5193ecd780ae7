#include "io/deadline.h"

namespace io {

void Deadline::Set(absl::Duration from_now) {
  const absl::Duration now = clock_.Uptime();
  moment_ = now + from_now;
  if (moment_ < wakes_at_) Sleep(from_now);
}

void Deadline::Clear() { moment_ = absl::InfiniteDuration(); }

void Deadline::Sleep(absl::Duration delay) {
  wakes_at_ = clock_.Uptime() + delay;
  timer_ = clock_.After(delay, [this] { Wake(); });
}

void Deadline::Wake() {
  wakes_at_ = absl::InfiniteDuration();
  const absl::Duration left = moment_ - clock_.Uptime();
  if (left == absl::InfiniteDuration()) return;
  if (left > absl::ZeroDuration()) return Sleep(left);
  moment_ = absl::InfiniteDuration();
  then_();
}

}  // namespace io
