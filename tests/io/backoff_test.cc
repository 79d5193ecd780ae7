#include "io/backoff.h"

#include <algorithm>
#include <set>

#include "gtest/gtest.h"

namespace io {
namespace {

TEST(BackoffTest, DelaysDoubleUpToTheCapWithinTheirHalf) {
  Backoff backoff(absl::Milliseconds(800), absl::Seconds(30), 1);
  absl::Duration most = absl::Milliseconds(800);
  for (int i = 0; i < 20; ++i) {
    const absl::Duration delay = backoff.Next();
    EXPECT_GE(delay, most / 2) << i;
    EXPECT_LE(delay, most) << i;
    most = std::min(most * 2, absl::Seconds(30));
  }
}

TEST(BackoffTest, ResetStartsFromTheFirstDelay) {
  Backoff backoff(absl::Seconds(1), absl::Seconds(30), 1);
  for (int i = 0; i < 10; ++i) backoff.Next();
  backoff.Reset();
  EXPECT_LE(backoff.Next(), absl::Seconds(1));
}

TEST(BackoffTest, ASeedRepeatsAndSeedsDiffer) {
  Backoff one(absl::Seconds(1), absl::Seconds(30), 1), same(absl::Seconds(1), absl::Seconds(30), 1);
  EXPECT_EQ(one.Next(), same.Next());
  std::set<absl::Duration> delays;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    delays.insert(Backoff(absl::Seconds(1), absl::Seconds(30), seed).Next());
  }
  EXPECT_GT(delays.size(), 95u);
}

TEST(BackoffTest, AFirstDelayBeyondTheCapIsCut) {
  EXPECT_LE(Backoff(absl::Seconds(9), absl::Seconds(1), 1).Next(), absl::Seconds(1));
}

TEST(BackoffTest, NeverOverflows) {
  Backoff backoff(absl::Seconds(1), absl::InfiniteDuration(), 1);
  for (int i = 0; i < 200; ++i) EXPECT_GT(backoff.Next(), absl::ZeroDuration());
}

}  // namespace
}  // namespace io
