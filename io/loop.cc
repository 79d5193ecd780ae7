#include "io/loop.h"

#include <algorithm>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <csignal>

#include "absl/time/clock.h"
#include "engine/assert.h"
#include "io/loop_native.h"

namespace io {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using SteadyTimer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                               asio::wait_traits<std::chrono::steady_clock>,
                                               asio::io_context::executor_type>;

// Far beyond any run of the process, and no overflow when added to now.
constexpr absl::Duration kLongestDelay = absl::Hours(24 * 365 * 30);

class PendingCall final : public Timer::Pending {
 public:
  PendingCall(asio::io_context& context, absl::Duration delay, absl::AnyInvocable<void()> then)
      : timer_(context.get_executor()), then_(std::make_shared<Then>(std::move(then))) {
    delay = std::clamp(delay, absl::ZeroDuration(), kLongestDelay);
    timer_.expires_after(absl::ToChronoNanoseconds(delay));
    // The wait may already have completed when the timer is cancelled: `then` is the truth.
    timer_.async_wait([then = then_](error_code) {
      if (*then) std::exchange(*then, nullptr)();
    });
  }
  ~PendingCall() override { *then_ = nullptr; }

 private:
  using Then = absl::AnyInvocable<void()>;
  SteadyTimer timer_;
  std::shared_ptr<Then> then_;
};

}  // namespace

void Loop::Native::AwaitSignal() {
  signals->async_wait([this](error_code error, int signal) {
    if (error) return;
    on_signal(signal);
    AwaitSignal();
  });
}

Loop::Loop() : native_(std::make_unique<Native>()) {}
Loop::~Loop() = default;

void Loop::Run() {
  const auto work = asio::make_work_guard(native_->context);
  native_->context.run();
  // Only now, so that a Stop that came before Run is not lost.
  native_->context.restart();
}

void Loop::Stop() { native_->context.stop(); }

void Loop::Post(absl::AnyInvocable<void()> call) {
  asio::post(native_->context, [call = std::move(call)]() mutable { call(); });
}

void Loop::OnSignals(absl::AnyInvocable<void(int)> then) {
  CHECK(!native_->signals, "signals have one receiver");
  native_->on_signal = std::move(then);
  native_->signals.emplace(native_->context, SIGTERM, SIGINT);
  native_->AwaitSignal();
}

absl::Time Loop::Now() const { return absl::Now(); }

absl::Duration Loop::Uptime() const {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

Timer Loop::After(absl::Duration delay, absl::AnyInvocable<void()> then) {
  return Timer(std::make_unique<PendingCall>(native_->context, delay, std::move(then)));
}

}  // namespace io
