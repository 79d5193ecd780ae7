#include "engine/pairs.h"

#include "engine/graph.h"
#include "gtest/gtest.h"
#include "tests/engine/shop_graph.h"

namespace engine::testing {
namespace {

class PairsTest : public ::testing::Test {
 protected:
  uint64_t ListingEvaluations(absl::FunctionRef<void()> edit) {
    auto count = [this] {
      for (auto& rule : graph_.rules()) {
        if (rule->name() == "listings") return rule->evaluations();
      }
      return uint64_t{0};
    };
    uint64_t before = count();
    edit();
    graph_.Step();
    EXPECT_EQ(CheckShop(graph_), absl::OkStatus());
    return count() - before;
  }
  Graph graph_{NewSerialExecutor()};
  ShopGraph g_{graph_};
};

TEST_F(PairsTest, RunsOncePerMeetingWhicheverSideCameLast) {
  g_.offers.Set(MakeOffer("a", "tea", 1));
  g_.offers.Set(MakeOffer("a", "milk", 1));
  graph_.Step();
  EXPECT_EQ(g_.listings.size(), 0u);
  EXPECT_EQ(ListingEvaluations([&] { g_.shops.Set({Symbol("a"), true, {Symbol("new")}}); }), 2u);
  EXPECT_EQ(g_.listings.size(), 2u);
  EXPECT_EQ(ListingEvaluations([&] { g_.offers.Set(MakeOffer("a", "rice", 1)); }), 1u);
}

TEST_F(PairsTest, AnEndedPairIsEvaluatedOnceAndForgotten) {
  g_.shops.Set({Symbol("a"), true, {}});
  g_.offers.Set(MakeOffer("a", "tea", 1));
  graph_.Step();
  ASSERT_EQ(g_.listings.size(), 1u);
  EXPECT_EQ(ListingEvaluations([&] { g_.offers.Erase({Symbol("a"), Symbol("tea")}); }), 1u);
  EXPECT_EQ(g_.listings.size(), 0u);
  EXPECT_EQ(ListingEvaluations([&] { g_.shops.Set({Symbol("a"), false, {}}); }), 0u);
}

TEST_F(PairsTest, BothSidesMayGoInOneEpoch) {
  g_.shops.Set({Symbol("a"), true, {}});
  g_.offers.Set(MakeOffer("a", "tea", 1));
  graph_.Step();
  EXPECT_EQ(ListingEvaluations([&] {
              g_.offers.Erase({Symbol("a"), Symbol("tea")});
              g_.shops.Erase(Symbol("a"));
            }),
            1u);
  EXPECT_EQ(g_.listings.size(), 0u);
}

}  // namespace
}  // namespace engine::testing
