// Random tests by seed: how many, and which one to repeat.
//
// KDELTA_RUNS sets how many seeds are tried, KDELTA_SEED chooses a single one. The first failure
// ends them and shows the command that replays it.
#pragma once

#include <cstdint>
#include <cstdlib>

#include "engine/text.h"
#include "gtest/gtest.h"

namespace kong {

inline int64_t NumberFromEnvironment(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return engine::ParseInt(text == nullptr ? "" : text).value_or(otherwise);
}

template <class Run>
void ForEachSeed(int64_t runs, Run run) {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  const int64_t only = NumberFromEnvironment("KDELTA_SEED", 0);
  const int64_t last = only != 0 ? only : NumberFromEnvironment("KDELTA_RUNS", runs);
  for (int64_t seed = only != 0 ? only : 1; seed <= last && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(engine::Cat("replay: KDELTA_SEED=", seed, " ",
                             testing::internal::GetArgvs().front(),
                             " --gtest_filter=", test.test_suite_name(), ".", test.name()));
    run(static_cast<uint64_t>(seed));
  }
}

}  // namespace kong
