#include "engine/inbox.h"

#include "gtest/gtest.h"
#include "tests/engine/shop_graph.h"

namespace engine::testing {
namespace {

class InboxTest : public ::testing::Test {
 protected:
  Graph graph_{NewSerialExecutor()};
  ShopGraph g_{graph_};
  int wakes_ = 0;
  Inbox inbox_{[this] { ++wakes_; }};
};

TEST_F(InboxTest, NewerNewsOfAKeyReplacesOlder) {
  inbox_.Set(g_.offers, MakeOffer("a", "tea", 1));
  inbox_.Set(g_.offers, MakeOffer("a", "tea", 2));
  EXPECT_EQ(inbox_.size(), 1u);
  EXPECT_EQ(inbox_.Drain(), 1u);
  EXPECT_EQ(g_.offers.Find({Symbol("a"), Symbol("tea")})->price, 2u);
}

TEST_F(InboxTest, WakesOnlyWhenItStopsBeingEmpty) {
  inbox_.Set(g_.offers, MakeOffer("a", "tea", 1));
  inbox_.Set(g_.offers, MakeOffer("b", "tea", 2));
  EXPECT_EQ(wakes_, 1);
  inbox_.Drain();
  inbox_.Erase(g_.offers, {Symbol("a"), Symbol("tea")});
  EXPECT_EQ(wakes_, 2);
}

TEST_F(InboxTest, ReplaceAllErasesWhatItDoesNotName) {
  g_.offers.Set(MakeOffer("a", "tea", 1));
  g_.offers.Set(MakeOffer("a", "milk", 1));
  std::vector<Offer> rows = {MakeOffer("a", "milk", 1), MakeOffer("a", "rice", 1)};
  inbox_.ReplaceAll(g_.offers, std::move(rows));
  EXPECT_EQ(inbox_.Drain(), 2u) << "one went, one came, one stayed as it was";
  EXPECT_EQ(g_.offers.size(), 2u);
}

TEST_F(InboxTest, WhatComesAfterAReplaceAllIsKept) {
  g_.offers.Set(MakeOffer("a", "tea", 1));
  inbox_.ReplaceAll(g_.offers,
                    std::vector<Offer>{MakeOffer("a", "milk", 1), MakeOffer("a", "rice", 1)});
  inbox_.Erase(g_.offers, {Symbol("a"), Symbol("milk")});
  inbox_.Set(g_.offers, MakeOffer("a", "tea", 9));
  inbox_.Drain();
  EXPECT_EQ(g_.offers.size(), 2u);
  EXPECT_EQ(g_.offers.Find({Symbol("a"), Symbol("tea")})->price, 9u);
  EXPECT_EQ(g_.offers.Find({Symbol("a"), Symbol("milk")}), nullptr);
}

}  // namespace
}  // namespace engine::testing
