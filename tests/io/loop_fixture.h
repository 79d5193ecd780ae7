// A loop that a test runs until something has happened, guarded by a limit instead of sleeps.
#pragma once

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
