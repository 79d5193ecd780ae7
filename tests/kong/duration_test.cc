#include "kong/duration.h"

#include <string>

#include "gtest/gtest.h"

namespace kong {
namespace {

TEST(DurationTest, ReadsNumbersWithUnits) {
  EXPECT_EQ(DurationMs("0s"), 0);
  EXPECT_EQ(DurationMs("500ms"), 500);
  EXPECT_EQ(DurationMs("2s"), 2'000);
  EXPECT_EQ(DurationMs("1h2m3s4ms"), 3'723'004);
  EXPECT_EQ(DurationMs("99999h"), 99'999 * int64_t{3'600'000});
}

TEST(DurationTest, RefusesAnythingElse) {
  for (std::string text : {"", "5", "s", "1.5s", "-1s", "100000s", "1d", "1s1s1s1s1s", "1s ",
                           "99999999999999999999s"}) {
    EXPECT_EQ(DurationMs(text), std::nullopt) << text;
  }
  EXPECT_EQ(DurationMs(std::string("1s\0", 3)), std::nullopt);
}

}  // namespace
}  // namespace kong
