// Incremental equals from scratch, under random edits, for every executor.
#include <memory>

#include "gtest/gtest.h"
#include "tests/engine/shop_graph.h"

namespace engine::testing {
namespace {

struct Case {
  const char* name;
  std::unique_ptr<Executor> (*executor)();
};

class RandomGraphTest : public ::testing::TestWithParam<Case> {};

TEST_P(RandomGraphTest, IncrementalEqualsFromScratch) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    std::mt19937_64 random(seed);
    Graph graph(GetParam().executor());
    ShopGraph g(graph);
    g.best.KeepFeed();
    Graph::Consumer consumer = graph.AddConsumer();
    absl::flat_hash_map<Symbol, std::string> copy;  // What a consumer of the feed holds.
    Version acknowledged = 0;
    for (int round = 0; round < 150; ++round) {
      for (uint64_t edits = random() % 20; edits > 0; --edits) RandomEdit(g, random);
      Version version = graph.Step().version;
      ASSERT_EQ(CheckShop(graph), absl::OkStatus()) << "seed " << seed << " round " << round;
      if (random() % 3 == 0) graph.Compact();
      if (random() % 2 == 0) continue;  // The consumer sleeps.
      if (!g.best.ChangedSince(acknowledged, [&](const Symbol& item, const Best* best) {
            if (best)
              copy[item] = best->text;
            else
              copy.erase(item);
          })) {
        FAIL() << "a consumer that acknowledged was left behind";
      }
      graph.Acknowledge(consumer, acknowledged = version);
      ASSERT_EQ(copy.size(), g.best.size());
      g.best.ForEach([&](const Best& best) { EXPECT_EQ(copy[best.item], best.text); });
    }
  }
}

TEST_P(RandomGraphTest, OneEpochOrManyAndAnyOrderGiveTheSameTables) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Graph one(GetParam().executor()), many(NewSerialExecutor());
    ShopGraph a(one), b(many);
    std::mt19937_64 random_a(seed), random_b(seed);
    for (int i = 0; i < 200; ++i) RandomEdit(a, random_a);
    one.Step();
    for (int i = 0; i < 200; ++i) RandomEdit(b, random_b), many.Step();
    for (size_t t = 0; t < one.tables().size(); ++t) {
      EXPECT_EQ(one.tables()[t]->hash(), many.tables()[t]->hash()) << one.tables()[t]->name();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Executors, RandomGraphTest,
                         ::testing::Values(Case{"Serial", [] { return NewSerialExecutor(); }},
#ifndef KDELTA_EXECUTOR_threads  // ThreadSanitizer cannot see into TBB.
                                           Case{"Tbb", [] { return NewTbbExecutor(2); }},
#endif
                                           Case{"Threads", [] { return NewThreadsExecutor(2); }}),
                         [](const auto& param) { return param.param.name; });

// The three quadratic traps, by counts of evaluations; their time shows in bench/.
TEST(QuadraticTrapsTest, ManyClaimsOnOneKeyAndManyReadersOfOneGroupStayLinear) {
  constexpr int kMany = 5000;
  Graph graph(NewSerialExecutor());
  ShopGraph g(graph);
  for (int i = 0; i < kMany; ++i) g.offers.Set(MakeOffer(Cat("shop", i), "tea", 1, i));
  graph.Step();
  EXPECT_EQ(g.prices.claims()->waiting(), static_cast<size_t>(kMany - 1));
  g.offers.Set(MakeOffer("shop0", "tea", 2, kMany));  // The owner falls to the end of the queue.
  EXPECT_LE(graph.Step().evaluations, 4u);
  EXPECT_EQ(g.prices.Find(Symbol("tea"))->shop, Symbol("shop1"));
  EXPECT_EQ(graph.CheckInvariants(), absl::OkStatus());
}

}  // namespace
}  // namespace engine::testing
