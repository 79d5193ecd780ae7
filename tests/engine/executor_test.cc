#include "engine/executor.h"

#include <atomic>
#include <vector>

#include "gtest/gtest.h"

namespace engine {
namespace {

struct Case {
  const char* name;
  std::unique_ptr<Executor> (*make)();
};

class ExecutorTest : public ::testing::TestWithParam<Case> {};

TEST_P(ExecutorTest, CallsTheBodyOnceForEachNumber) {
  auto executor = GetParam().make();
  for (size_t n : {size_t{0}, size_t{1}, kInlineBatch - 1, kInlineBatch, size_t{1000}}) {
    std::vector<std::atomic<int>> calls(n);
    executor->ParallelFor(n, [&](size_t i) { ++calls[i]; });
    for (size_t i = 0; i < n; ++i) EXPECT_EQ(calls[i], 1) << i << " of " << n;
  }
}

TEST_P(ExecutorTest, CallsBothOnceAndReturnsAfterThem) {
  auto executor = GetParam().make();
  std::atomic<int> one = 0, other = 0;
  executor->Both([&] { ++one; }, [&] { ++other; });
  EXPECT_EQ(one, 1);
  EXPECT_EQ(other, 1);
}

INSTANTIATE_TEST_SUITE_P(All, ExecutorTest,
                         ::testing::Values(Case{"Serial", [] { return NewSerialExecutor(); }},
                                           Case{"Threads", [] { return NewThreadsExecutor(3); }},
                                           Case{"NoThreads", [] { return NewThreadsExecutor(0); }},
#ifndef KDELTA_EXECUTOR_threads  // ThreadSanitizer cannot see into TBB.
                                           Case{"Tbb", [] { return NewTbbExecutor(2); }},
#endif
                                           Case{"Configured", [] { return NewExecutor(2); }}),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace engine
