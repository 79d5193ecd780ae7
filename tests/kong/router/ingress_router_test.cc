// The property: for random Ingresses and random requests, Kong's router, told what the real graph
// says, chooses what the specification of Ingress demands, but for the concessions that
// DIFFERENCES.md names.
#include <random>

#include "engine/text.h"
#include "gtest/gtest.h"
#include "tests/kong/router/ingress_world.h"
#include "tests/kong/router/request_count.h"

namespace kong {
namespace {

class IngressRouterTest : public testing::TestWithParam<bool> {};

TEST_P(IngressRouterTest, KongChoosesWhatTheSpecificationDemands) {
  std::mt19937 random(GetParam() ? 1 : 2);
  Dice dice([&random] { return static_cast<uint32_t>(random()); });
  IngressWorld world(GetParam());
  while (world.counts().requests < RequestCount() / 4) {
    for (uint32_t edits = 1 + dice.Below(4); edits > 0; --edits) world.Edit(dice);
    ASSERT_EQ(world.Step(), absl::OkStatus());
    for (int i = 0; i < 500; ++i) ASSERT_EQ(world.Try(dice), absl::OkStatus());
  }
  const IngressWorld::Counts& counts = world.counts();
  EXPECT_GT(counts.contested, counts.requests / 100);
  EXPECT_GT(counts.nowhere, counts.requests / 1000);
  EXPECT_LT(counts.conceded, counts.requests * 2 / 5);  // 27 and 31 % of a million.
}

INSTANTIATE_TEST_SUITE_P(Flavours, IngressRouterTest, testing::Bool(), [](const auto& test) {
  return test.param ? "Expressions" : "Traditional";
});

}  // namespace
}  // namespace kong
