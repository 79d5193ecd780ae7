#include "io/loop.h"

#include <csignal>
#include <memory>
#include <string>
#include <thread>

#include "loop_fixture.h"

namespace io {
namespace {

TEST_F(LoopTest, TimersFireInTheOrderOfTheirMoments) {
  std::string order;
  const Timer late = loop_.After(absl::Milliseconds(20), [&] {
    order += 'b';
    Done();
  });
  const Timer early = loop_.After(absl::Milliseconds(1), [&] { order += 'a'; });
  RunUntilDone();
  EXPECT_EQ(order, "ab");
}

TEST_F(LoopTest, ATimerNeverFiresEarlyNorFromWithinAfter) {
  const absl::Duration start = loop_.Uptime();
  bool within = true, fired_within = false;
  absl::Duration fired;
  const Timer timer = loop_.After(absl::Milliseconds(5), [&] {
    fired_within = within;
    fired = loop_.Uptime();
    Done();
  });
  within = false;
  RunUntilDone();
  EXPECT_FALSE(fired_within);
  EXPECT_GE(fired - start, absl::Milliseconds(5));
}

TEST_F(LoopTest, ACancelledTimerStaysSilentEvenWhenItIsDue) {
  bool fired = false;
  Timer due = loop_.After(absl::ZeroDuration(), [&] { fired = true; });
  loop_.Post([&] { due.Cancel(); });
  Timer replaced = loop_.After(absl::ZeroDuration(), [&] { fired = true; });
  replaced = loop_.After(absl::Milliseconds(2), [&] { Done(); });
  due.Cancel();
  RunUntilDone();
  EXPECT_FALSE(fired);
}

TEST_F(LoopTest, ATimerMayDestroyItselfInItsCall) {
  auto timer = std::make_unique<Timer>();
  *timer = loop_.After(absl::ZeroDuration(), [&] {
    timer.reset();
    Done();
  });
  RunUntilDone();
  EXPECT_EQ(timer, nullptr);
}

TEST_F(LoopTest, CancellingLetsGoOfWhatTheCallHolds) {
  const auto held = std::make_shared<int>(1);
  Timer timer = loop_.After(absl::Hours(1), [held] {});
  timer.Cancel();
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(LoopTest, EndlessAndNegativeDelaysAreTaken) {
  const Timer never = loop_.After(absl::InfiniteDuration(), [] { FAIL(); });
  const Timer now = loop_.After(-absl::InfiniteDuration(), [&] { Done(); });
  RunUntilDone();
}

TEST_F(LoopTest, PostsFromOtherThreadsRunOnTheLoopInOrder) {
  std::string order;
  std::thread::id ran_on;
  std::thread other([&] {
    for (char c = 'a'; c <= 'z'; ++c) {
      loop_.Post([&order, c] { order += c; });
    }
    loop_.Post([&] {
      ran_on = std::this_thread::get_id();
      Done();
    });
  });
  RunUntilDone();
  other.join();
  EXPECT_EQ(order, "abcdefghijklmnopqrstuvwxyz");
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST_F(LoopTest, AStopThatComesBeforeRunIsNotLost) {
  loop_.Stop();
  loop_.Run();
  SUCCEED();
}

TEST_F(LoopTest, SignalsAreCallsOnTheLoopEachTime) {
  std::string seen;
  loop_.OnSignals([&](int signal) {
    seen += signal == SIGTERM ? 'T' : 'I';
    if (seen.size() == 2) return Done();
    std::raise(SIGINT);
  });
  loop_.Post([] { std::raise(SIGTERM); });
  RunUntilDone();
  EXPECT_EQ(seen, "TI");
}

}  // namespace
}  // namespace io
