#include "engine/claims.h"

#include "engine/graph.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/shop_graph.h"

namespace engine::testing {
namespace {

TEST(RankTest, OrdersByTierThenAgeThenNamesAsTextThenNth) {
  Symbol z("z-rank"), a("a-rank");  // In the other order than they are numbered.
  std::vector<Rank> ordered = {
      {.created_s = 9, .tier = 0, .ns = z},
      {.created_s = 1, .tier = 1, .ns = a, .name = a},
      {.created_s = 1, .tier = 1, .ns = a, .name = z},
      {.created_s = 1, .tier = 1, .nth = 1, .ns = a, .name = z},
      {.created_s = 1, .tier = 1, .ns = z, .name = a},
      {.created_s = 2, .tier = 1},
  };
  for (size_t i = 0; i + 1 < ordered.size(); ++i) EXPECT_LT(ordered[i], ordered[i + 1]) << i;
}

TEST(ClaimsTest, EqualRanksWithDifferentContentAreABugThatCheckFinds) {
  Graph graph(NewSerialExecutor());
  auto& offers = graph.AddSource<Offer>("offers");
  auto& prices = graph.AddTable<Price>("prices");
  graph.AddRule("prices", offers, {}, std::tie(prices),
                [](const Offer& o, Reader&, Emitter<Price>& say) {
                  say.Emit(Price{o.id.item, o.id.shop, o.price});  // No rank tells two shops apart.
                });
  offers.Set(MakeOffer("a", "tea", 1));
  graph.Step();
  EXPECT_EQ(graph.CheckInvariants(), absl::OkStatus());
  offers.Set(MakeOffer("b", "tea", 2));
  graph.Step();
  EXPECT_THAT(MessageOf(graph.CheckInvariants()), ::testing::HasSubstr("equal rank"));
}

TEST(ClaimsTest, OneEvaluationThatSaysAKeyTwiceIsHeldToItsBestClaim) {
  Graph graph(NewSerialExecutor());
  auto& offers = graph.AddSource<Offer>("offers");
  auto& prices = graph.AddTable<Price>("prices");
  graph.AddRule("prices", offers, {}, std::tie(prices),
                [](const Offer& o, Reader&, Emitter<Price>& say) {
                  say.Emit(Price{o.id.item, o.id.shop, 7}, Rank{.nth = 2});
                  say.Emit(Price{o.id.item, o.id.shop, 5}, Rank{.nth = 1});
                });
  offers.Set(MakeOffer("a", "tea", 1));
  graph.Step();
  EXPECT_EQ(prices.Find(Symbol("tea"))->price, 5u);
  EXPECT_EQ(prices.claims()->waiting(), 0u);
  offers.Erase({Symbol("a"), Symbol("tea")});
  graph.Step();
  EXPECT_EQ(prices.size(), 0u);
}

TEST(ClaimsTest, AWaitingClaimThatIsWithdrawnNeverBecomesTheRow) {
  Graph graph(NewSerialExecutor());
  ShopGraph g(graph);
  g.offers.Set(MakeOffer("a", "tea", 1, 1));
  g.offers.Set(MakeOffer("b", "tea", 2, 2));
  graph.Step();
  g.offers.Erase({Symbol("b"), Symbol("tea")});
  graph.Step();
  g.offers.Erase({Symbol("a"), Symbol("tea")});
  graph.Step();
  EXPECT_EQ(g.prices.size(), 0u);
  EXPECT_EQ(g.prices.claims()->waiting(), 0u);
}

}  // namespace
}  // namespace engine::testing
