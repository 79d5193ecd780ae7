// The I/O thread: one event loop on which all network callbacks and timers run.
#pragma once

#include <memory>

#include "absl/functional/any_invocable.h"
#include "io/clock.h"

namespace io {

class Loop final : public Clock {
 public:
  Loop();
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void Run();   // Runs callbacks on the calling thread until Stop. An idle loop sleeps.
  void Stop();  // Any thread.
  void Post(absl::AnyInvocable<void()> call);  // Any thread; `call` runs on the loop's thread.
  // Calls `then(signal)` on the loop at each SIGTERM or SIGINT. At most one such registration a
  // process.
  void OnSignals(absl::AnyInvocable<void(int)> then);

  absl::Time Now() const override;
  absl::Duration Uptime() const override;
  [[nodiscard]] Timer After(absl::Duration delay, absl::AnyInvocable<void()> then) override;

  struct Native;  // Holds the asio context; known to io/*.cc only.
  Native& native() { return *native_; }

 private:
  std::unique_ptr<Native> native_;
};

}  // namespace io
