// The property: for random HTTPRoutes and GRPCRoutes and random requests, Kong's router, told what
// the real graph says, chooses the rule that the Gateway API demands, but for the concessions that
// DIFFERENCES.md names; with few routes of equal priority, and with crowds of them.
#include <random>
#include <string>

#include "engine/text.h"
#include "gtest/gtest.h"
#include "kong/route_order.h"
#include "tests/kong/router/request_count.h"
#include "tests/kong/router/route_world.h"

namespace kong {
namespace {

class RouteRouterTest : public testing::TestWithParam<RouteWorldForm> {};

TEST_P(RouteRouterTest, KongChoosesWhatTheGatewayApiDemands) {
  const RouteWorldForm& form = GetParam();
  std::mt19937 random(form.routes);
  Dice dice([&random] { return static_cast<uint32_t>(random()); });
  RouteWorld world(form);
  for (uint32_t edits = 0; edits < 2 * form.routes; ++edits) world.Edit(dice);
  const uint64_t requests = RequestCount() / (form.alike ? 40 : 8);
  const int requests_of_epoch = form.alike ? 2000 : 500;
  while (world.counts().requests < requests) {
    for (uint32_t edits = 1 + dice.Below(4); edits > 0; --edits) world.Edit(dice);
    ASSERT_EQ(world.Step(), absl::OkStatus());
    for (int i = 0; i < requests_of_epoch; ++i) ASSERT_EQ(world.Try(dice), absl::OkStatus());
  }
  EXPECT_EQ(world.CompareReplica(dice), absl::OkStatus());
  const RouteWorld::Counts& counts = world.counts();
  EXPECT_GT(counts.contested, counts.requests / 4);
  EXPECT_LT(counts.nowhere, counts.requests / 2);
  EXPECT_LT(counts.conceded, counts.requests / 2);
  EXPECT_EQ(counts.most_equals > kFewEquals, form.alike) << counts.most_equals;
}

constexpr RouteWorldForm kWorlds[] = {
    {.kind = RouteKind::kHttp, .expressions = true},
    {.kind = RouteKind::kGrpc, .expressions = true},
    {.kind = RouteKind::kHttp, .expressions = false},
    {.kind = RouteKind::kGrpc, .expressions = false},
    {.kind = RouteKind::kHttp, .expressions = true, .routes = 300, .alike = true},
    {.kind = RouteKind::kGrpc, .expressions = true, .routes = 300, .alike = true},
};

INSTANTIATE_TEST_SUITE_P(Worlds, RouteRouterTest, testing::ValuesIn(kWorlds), [](const auto& test) {
  std::string name = test.param.kind == RouteKind::kHttp ? "Http" : "Grpc";
  if (test.param.alike) return name + "InCrowds";
  return name + (test.param.expressions ? "Expressions" : "Traditional");
});

}  // namespace
}  // namespace kong
