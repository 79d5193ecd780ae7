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

// The pairs are found once an epoch, however many rules run over them and at whatever level.
TEST(PairsOfTwoLevelsTest, ANumberIsGivenOutOnceAfterItsPairEnded) {
  Graph graph(NewSerialExecutor());
  auto& shops = graph.AddSource<Shop>("shops");
  auto& early = graph.AddTable<Count>("early");
  auto& late = graph.AddTable<Best>("late");
  auto& by_tag = graph.AddIndex<Symbol>(
      "shops by tag", shops, [](const Shop& s, absl::FunctionRef<void(const Symbol&)> visit) {
        for (const Symbol& tag : s.tags) visit(tag);
      });
  auto& pairs = graph.AddPairs("neighbours", by_tag, by_tag);
  graph.AddRule("early", pairs, {}, std::tie(early),
                [](const Shop& a, const Shop& b, Reader&, Emitter<Count>& say) {
                  if (a.name == b.name) say.Emit(Count{.shop = a.name, .offers = 1, .total = 1});
                });
  graph.AddRule("late", pairs, {&early}, std::tie(late),
                [&early](const Shop& a, const Shop& b, Reader& read, Emitter<Best>& say) {
                  if (read.Find(early, a.name)) say.Emit(Best{Symbol(Cat(a.name, b.name)), "near"});
                });
  auto step = [&] {
    graph.Step();
    EXPECT_EQ(graph.CheckInvariants(), absl::OkStatus());
    return late.size();
  };
  for (std::string_view name : {"a", "b"}) shops.Set({Symbol(name), true, {Symbol("x")}});
  EXPECT_EQ(step(), 4u);
  shops.Set({Symbol("b"), true, {}});
  EXPECT_EQ(step(), 1u);
  for (std::string_view name : {"b", "c"}) shops.Set({Symbol(name), true, {Symbol("x")}});
  EXPECT_EQ(step(), 9u);
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
