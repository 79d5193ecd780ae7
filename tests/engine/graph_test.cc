#include "engine/graph.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/shop_graph.h"

namespace engine::testing {
namespace {

class GraphTest : public ::testing::Test {
 protected:
  uint64_t EvaluationsOf(std::string_view rule) {
    for (auto& r : graph_.rules()) {
      if (r->name() == rule) return r->evaluations();
    }
    ADD_FAILURE() << "no rule " << rule;
    return 0;
  }
  EpochStats Step() {
    EpochStats stats = graph_.Step();
    EXPECT_EQ(CheckShop(graph_), absl::OkStatus());
    return stats;
  }
  Graph graph_{NewSerialExecutor()};
  ShopGraph g_{graph_};
};

TEST_F(GraphTest, SettingAnEqualRowChangesNothing) {
  g_.offers.Set(MakeOffer("a", "tea", 3));
  Step();
  EXPECT_FALSE(g_.offers.Set(MakeOffer("a", "tea", 3)));
  EpochStats stats = Step();
  EXPECT_EQ(stats.evaluations, 0u);
  EXPECT_EQ(stats.changes, 0u);
}

// An epoch visits only rules that something woke, and nothing wakes one that is not there yet.
TEST(GraphDeclarationTest, WhatIsDeclaredAfterRowsWereSetSeesThem) {
  Graph graph(NewSerialExecutor());
  auto& shops = graph.AddSource<Shop>("shops");
  auto& counts = graph.AddTable<Count>("counts");
  auto& best = graph.AddTable<Best>("best");
  auto& by_name = graph.AddIndex<Symbol>(
      "shops by name", shops,
      [](const Shop& s, absl::FunctionRef<void(const Symbol&)> visit) { visit(s.name); });
  shops.Set({Symbol("a"), true, {}});
  auto& pairs = graph.AddPairs("shops twice", by_name, by_name);
  graph.AddRule("counts", shops, {}, std::tie(counts),
                [](const Shop& s, Reader&, Emitter<Count>& say) {
                  say.Emit(Count{.shop = s.name, .offers = 1, .total = 1});
                });
  graph.AddRule("best", pairs, {&counts}, std::tie(best),
                [&counts](const Shop& a, const Shop& b, Reader& read, Emitter<Best>& say) {
                  const Count* count = read.Find(counts, a.name);
                  say.Emit(Best{b.name, count ? "counted" : "not counted"});
                });
  EXPECT_EQ(graph.Step().evaluations, 2u);
  ASSERT_TRUE(best.Find(Symbol("a")));
  EXPECT_EQ(best.Find(Symbol("a"))->text, "counted");
  EXPECT_EQ(graph.Step().evaluations, 0u);
  EXPECT_EQ(graph.CheckInvariants(), absl::OkStatus());
}

TEST_F(GraphTest, ARowThatALookMissedFindsItsReadersWhenItAppears) {
  g_.offers.Set(MakeOffer("a", "tea", 3));
  Step();
  ASSERT_THAT(g_.best.Find(Symbol("tea"))->text, "3 of 1 unknown");
  g_.shops.Set({Symbol("a"), true, {}});
  Step();
  EXPECT_EQ(g_.best.Find(Symbol("tea"))->text, "3 of 1 open");
}

TEST_F(GraphTest, AnEvaluationThatSaysTheSameEndsThere) {
  g_.offers.Set(MakeOffer("a", "tea", 3));
  g_.shops.Set({Symbol("a"), true, {}});
  Step();
  uint64_t best = EvaluationsOf("best"), prices = EvaluationsOf("prices");
  g_.offers.Set(Offer{{Symbol("a"), Symbol("tea")}, 0, 3, "another note"});
  EpochStats stats = Step();
  EXPECT_EQ(EvaluationsOf("prices"), prices + 1);
  EXPECT_EQ(EvaluationsOf("best"), best + 1) << "its group of offers changed";
  EXPECT_EQ(stats.changes, 0u);
}

TEST_F(GraphTest, TheOldestClaimOwnsAKeyAndTheNextTakesOverWithoutARule) {
  g_.offers.Set(MakeOffer("a", "tea", 3, 10));
  g_.offers.Set(MakeOffer("b", "tea", 4, 5));
  Step();
  EXPECT_EQ(g_.prices.Find(Symbol("tea"))->price, 4u);
  EXPECT_EQ(g_.prices.claims()->waiting(), 1u);
  uint64_t prices = EvaluationsOf("prices");
  g_.offers.Erase({Symbol("b"), Symbol("tea")});
  Step();
  EXPECT_EQ(g_.prices.Find(Symbol("tea"))->price, 3u);
  EXPECT_EQ(EvaluationsOf("prices"), prices + 1) << "only for the offer that went";
}

TEST_F(GraphTest, AnOwnerWhoseRankFallsBehindYields) {
  g_.offers.Set(MakeOffer("a", "tea", 3, 1));
  g_.offers.Set(MakeOffer("b", "tea", 4, 5));
  Step();
  g_.offers.Set(MakeOffer("a", "tea", 3, 9));
  Step();
  EXPECT_EQ(g_.prices.Find(Symbol("tea"))->price, 4u);
}

TEST_F(GraphTest, TheFeedNamesEachChangedKeyOnceWithItsRowOfNow) {
  Graph graph(NewSerialExecutor());
  ShopGraph g(graph);
  g.prices.KeepFeed();
  g.offers.Set(MakeOffer("a", "tea", 3));
  g.offers.Set(MakeOffer("a", "milk", 2));
  Version first = graph.Step().version;
  g.offers.Set(MakeOffer("a", "tea", 4));
  graph.Step();
  g.offers.Erase({Symbol("a"), Symbol("tea")});
  g.offers.Set(MakeOffer("b", "rice", 7));
  graph.Step();
  std::vector<std::string> seen;
  EXPECT_TRUE(g.prices.ChangedSince(first, [&](const Symbol& item, const Price* price) {
    seen.push_back(Cat(item.text(), price ? "+" : "-"));
  }));
  EXPECT_THAT(seen, ::testing::UnorderedElementsAre("tea-", "rice+"));
}

TEST_F(GraphTest, AConsumerFromBeforeTheHorizonStartsAgain) {
  Graph graph(NewSerialExecutor());
  ShopGraph g(graph);
  g.prices.KeepFeed();
  Graph::Consumer consumer = graph.AddConsumer();
  g.offers.Set(MakeOffer("a", "tea", 3));
  Version first = graph.Step().version;
  g.offers.Erase({Symbol("a"), Symbol("tea")});
  Version second = graph.Step().version;
  graph.Acknowledge(consumer, first);
  graph.Compact();
  auto ignore = [](const Symbol&, const Price*) {};
  EXPECT_TRUE(g.prices.ChangedSince(first, ignore)) << "a live consumer holds the tombstone";
  graph.Acknowledge(consumer, second);
  graph.Compact();
  EXPECT_FALSE(g.prices.ChangedSince(first, ignore));
  EXPECT_TRUE(g.prices.ChangedSince(0, ignore));
}

TEST_F(GraphTest, KeyNumbersAreReusedAlsoThoseThatWereOnlyMissed) {
  for (int i = 0; i < 100; ++i) {
    Offer offer = MakeOffer(Cat("shop", i), Cat("item", i), 1);
    g_.offers.Set(offer);
    graph_.Step();
    g_.offers.Erase(offer.id);
    graph_.Step();
  }
  EXPECT_LE(g_.offers.limit(), 2u);
  EXPECT_LE(g_.shops.limit(), 2u) << "each shop was missed by a look and forgotten";
  EXPECT_LE(g_.offers_of_shop.limit(), 2u);
  EXPECT_LE(g_.prices.limit(), 2u);
  EXPECT_EQ(CheckShop(graph_), absl::OkStatus());
}

TEST_F(GraphTest, CompactGivesColumnsBackAfterAMassDelete) {
  for (int i = 0; i < 20'000; ++i)
    g_.offers.Set(MakeOffer(Cat("shop", i % 100), Cat("item", i), 1));
  graph_.Step();
  size_t full = graph_.bytes();
  for (int i = 0; i < 20'000; ++i)
    g_.offers.Erase({Symbol(Cat("shop", i % 100)), Symbol(Cat("item", i))});
  graph_.Step();
  graph_.Compact();
  EXPECT_LT(graph_.bytes(), full / 100);
  EXPECT_EQ(CheckShop(graph_), absl::OkStatus());
}

TEST_F(GraphTest, ARowThatMovesBetweenGroupsWithEqualContentIsNoChange) {
  // The price of tea is said by shop a's offer, then by shop b's, with equal content as a row.
  struct Note {
    using Key = Symbol;
    Symbol item;
    Key key() const { return item; }
    auto fields() const { return std::tie(item); }
  };
  Graph graph(NewSerialExecutor());
  auto& offers = graph.AddSource<Offer>("offers");
  auto& notes = graph.AddTable<Note>("notes");
  graph.AddRule("notes", offers, {}, std::tie(notes),
                [](const Offer& o, Reader&, Emitter<Note>& say) { say.Emit(Note{o.id.item}); });
  offers.Set(MakeOffer("a", "tea", 1));
  graph.Step();
  offers.Erase({Symbol("a"), Symbol("tea")});
  offers.Set(MakeOffer("b", "tea", 1));
  EpochStats stats = graph.Step();
  EXPECT_EQ(stats.evaluations, 2u);
  EXPECT_EQ(stats.changes, 0u);
}

TEST_F(GraphTest, ExplainNamesTheRuleWhatItReadAndWhoWaits) {
  g_.offers.Set(MakeOffer("a", "tea", 3, 1));
  g_.offers.Set(MakeOffer("b", "tea", 4, 2));
  Step();
  std::string text = graph_.Explain("prices", "tea");
  EXPECT_THAT(text, ::testing::HasSubstr("said by rule prices for (a tea)"));
  EXPECT_THAT(text, ::testing::HasSubstr("read shops a (nothing there)"));
  EXPECT_THAT(text, ::testing::HasSubstr("also claimed by rule prices for (b tea)"));
  EXPECT_THAT(graph_.Explain("prices", "rice"), ::testing::HasSubstr("no row"));
  EXPECT_THAT(graph_.Explain("nonsense", ""), ::testing::HasSubstr("there is no table nonsense"));
}

TEST_F(GraphTest, DotDrawsTablesAndRules) {
  std::string dot = graph_.Dot();
  EXPECT_THAT(dot, ::testing::HasSubstr("\"offers\" -> \"rule prices\" [penwidth=2]"));
  EXPECT_THAT(dot, ::testing::HasSubstr("\"rule prices\" -> \"prices\""));
  EXPECT_THAT(dot, ::testing::HasSubstr("\"offer-and-shop\" -> \"rule listings\""));
}

using GraphDeathTest = GraphTest;

TEST_F(GraphDeathTest, ARuleThatWritesATableWhichIsAlreadyReadIsABug) {
  Graph graph(NewSerialExecutor());
  auto& offers = graph.AddSource<Offer>("offers");
  auto& counts = graph.AddTable<Count>("counts");
  auto& best = graph.AddTable<Best>("best");
  graph.AddRule("a", counts, {}, std::tie(best), [](const Count&, Reader&, Emitter<Best>&) {});
  EXPECT_DEATH(graph.AddRule("b", offers, {}, std::tie(counts),
                             [](const Offer&, Reader&, Emitter<Count>&) {}),
               "writes table counts");
}

TEST_F(GraphDeathTest, ALookIntoATableThatWasNotDeclaredIsABug) {
  Graph graph(NewSerialExecutor());
  auto& offers = graph.AddSource<Offer>("offers");
  auto& shops = graph.AddSource<Shop>("shops");
  auto& best = graph.AddTable<Best>("best");
  graph.AddRule("a", offers, {}, std::tie(best),
                [&](const Offer& o, Reader& read, Emitter<Best>&) { read.Find(shops, o.id.shop); });
  offers.Set(MakeOffer("a", "tea", 1));
  EXPECT_DEATH(graph.Step(), "reads shops, which it did not declare");
}

}  // namespace
}  // namespace engine::testing
