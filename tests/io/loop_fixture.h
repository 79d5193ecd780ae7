// A loop that a test runs until something has happened, guarded by a limit instead of sleeps.
#pragma once

#include <functional>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "io/loop.h"

namespace io {

class LoopTest : public ::testing::Test {
 protected:
  // Runs callbacks until one of them calls Done.
  void RunUntilDone() {
    const Timer guard = loop_.After(absl::Seconds(30), [this] {
      ADD_FAILURE() << "nothing ended the loop in time";
      loop_.Stop();
    });
    loop_.Run();
  }
  void Done() { loop_.Stop(); }

  // Runs until the condition holds; it is looked at every millisecond.
  void RunUntil(absl::FunctionRef<bool()> holds) {
    const absl::Duration limit = loop_.Uptime() + absl::Seconds(30);
    Timer look;
    std::function<void()> check = [&] {
      const bool late = loop_.Uptime() > limit;
      if (late) ADD_FAILURE() << "not reached";
      if (late || holds()) return loop_.Stop();
      look = loop_.After(absl::Milliseconds(1), check);
    };
    if (holds()) return;  // A loop that is stopped before it runs ends its next run at once.
    check();
    loop_.Run();
  }

  // Runs for a number of turns, so that what is already due happens.
  void RunTurns(int turns) {
    for (int i = 0; i < turns; ++i) {
      loop_.Post([this] { Done(); });
      RunUntilDone();
    }
  }

  Loop loop_;
};

}  // namespace io
