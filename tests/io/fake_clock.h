// Time that a test owns: calls run only inside Advance, in order of time, then of making. One
// thread.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "io/clock.h"

namespace io {

class FakeClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::UnixEpoch() + now_; }
  absl::Duration Uptime() const override { return now_; }
  [[nodiscard]] Timer After(absl::Duration delay, absl::AnyInvocable<void()> then) override {
    auto call = std::make_shared<Then>(std::move(then));
    calls_.emplace(std::pair(now_ + std::max(delay, absl::ZeroDuration()), next_++), call);
    return Timer(std::make_unique<Pending>(call));
  }
  // Like After, for what nobody can cancel.
  void Post(absl::AnyInvocable<void()> then) {
    calls_.emplace(std::pair(now_, next_++), std::make_shared<Then>(std::move(then)));
  }
  // Runs everything that is due until then, and what that makes due.
  void Advance(absl::Duration by) {
    absl::Duration until = now_ + by;
    while (!calls_.empty() && calls_.begin()->first.first <= until) {
      auto [key, call] = *calls_.begin();
      calls_.erase(calls_.begin());
      now_ = std::max(now_, key.first);
      if (*call) ++ran_, std::exchange(*call, nullptr)();
    }
    now_ = until;
  }
  size_t pending() const {
    return static_cast<size_t>(std::count_if(calls_.begin(), calls_.end(),
                                             [](const auto& each) { return !!*each.second; }));
  }
  uint64_t ran() const { return ran_; }  // How often anything ran: what idleness costs.

 private:
  using Then = absl::AnyInvocable<void()>;
  class Pending final : public Timer::Pending {
   public:
    explicit Pending(std::shared_ptr<Then> call) : call_(std::move(call)) {}
    ~Pending() override { *call_ = nullptr; }

   private:
    std::shared_ptr<Then> call_;
  };
  absl::Duration now_;
  uint64_t next_ = 0, ran_ = 0;
  std::map<std::pair<absl::Duration, uint64_t>, std::shared_ptr<Then>> calls_;
};

}  // namespace io
