#include "kong/hybrid/canary.h"

#include "gtest/gtest.h"
#include "tests/kong/hybrid/fake_source.h"

namespace kong {
namespace {

constexpr absl::Duration kStart = absl::Hours(1);

class CanaryTest : public testing::Test {
 protected:
  void Join(int count) {
    for (int n = 0; n < count; ++n) canary_.Joined();
  }
  bool Admits(const std::string& node, engine::Version to = 2, uint64_t risk = 7) {
    return canary_.Admits({.node = node, .to = to, .risk = risk, .asked = true}, now_);
  }
  void Pass(absl::Duration time) { now_ += time; }

  absl::Duration now_ = kStart;
  CanaryTimes times_;
  Canary canary_;
};

TEST_F(CanaryTest, WhatIsLookedUpOneByOneIsNotRisky) {
  const std::pair<EntityKind, bool> cases[] = {
      {EntityKind::kTarget, false},  {EntityKind::kConsumer, false},  {EntityKind::kKeyAuth, false},
      {EntityKind::kRoute, true},    {EntityKind::kService, true},    {EntityKind::kPlugin, true},
      {EntityKind::kUpstream, true}, {EntityKind::kCertificate, true}};
  for (const auto& [kind, risky] : cases) {
    Patch upsert, removal;
    upsert.upserts.push_back(Row(kind, "a"));
    removal.removals.push_back(Row(kind, "a").key());
    EXPECT_EQ(RiskOf(upsert) != 0, risky) << NameOf(kind);
    EXPECT_EQ(RiskOf(removal) != 0, risky) << NameOf(kind);
    EXPECT_TRUE(!risky || RiskOf(upsert) != RiskOf(removal));
  }
}

TEST_F(CanaryTest, OnlyTheRiskyPartTellsChangesApart) {
  Patch patch;
  patch.upserts.push_back(Row(EntityKind::kRoute, "a"));
  const uint64_t risk = RiskOf(patch);
  patch.upserts.push_back(Row(EntityKind::kTarget, "t"));
  EXPECT_EQ(RiskOf(patch), risk);
  patch.upserts.push_back(Row(EntityKind::kRoute, "b"));
  EXPECT_NE(RiskOf(patch), risk);
}

TEST_F(CanaryTest, OneGoesFirstAndTheOthersFollow) {
  Join(3);
  EXPECT_TRUE(Admits("a"));
  EXPECT_FALSE(Admits("b"));
  EXPECT_TRUE(Admits("b", 2, 0)) << "no risk";
  EXPECT_TRUE(canary_.Given("a", now_));
  EXPECT_FALSE(canary_.Given("b", now_));
  EXPECT_FALSE(Admits("b"));
  EXPECT_TRUE(canary_.Took("a", 2, now_));
  EXPECT_TRUE(Admits("b"));
  EXPECT_TRUE(Admits("c"));
  EXPECT_FALSE(canary_.waiting());
}

TEST_F(CanaryTest, WhoIsAloneGoesAtOnce) {
  Join(1);
  EXPECT_TRUE(Admits("a"));
  EXPECT_FALSE(canary_.waiting());
}

TEST_F(CanaryTest, ACanaryThatGoesWithTheChangeStopsIt) {
  Join(3);
  Admits("a");
  canary_.Given("a", now_);
  EXPECT_TRUE(canary_.Left("a", now_));
  EXPECT_FALSE(Admits("b"));
  EXPECT_FALSE(Admits("b", 3)) << "a later version with the same risk";
  EXPECT_TRUE(Admits("b", 3, 8)) << "another change";
}

TEST_F(CanaryTest, ACanaryThatGoesWithoutTheChangeIsReplaced) {
  Join(3);
  Admits("a");
  EXPECT_FALSE(canary_.Left("a", now_));
  EXPECT_TRUE(Admits("b"));
}

TEST_F(CanaryTest, OneThatDoesNotComeIsReplacedAfterAWhile) {
  Join(2);
  Admits("a");
  Pass(times_.comes - absl::Seconds(1));
  EXPECT_EQ(canary_.Tick(now_), Canary::Change::kNone);
  Pass(absl::Seconds(1));
  EXPECT_EQ(canary_.Tick(now_), Canary::Change::kOpen);
  EXPECT_FALSE(Admits("a"));
  EXPECT_TRUE(Admits("b"));
}

TEST_F(CanaryTest, AStoppedChangeIsTriedOnAnotherAfterAPauseThatGrows) {
  Join(3);
  Admits("a");
  canary_.Given("a", now_);
  Pass(times_.takes);
  EXPECT_EQ(canary_.Tick(now_), Canary::Change::kStopped);
  EXPECT_FALSE(Admits("b"));
  Pass(times_.pause_first);
  EXPECT_EQ(canary_.Tick(now_), Canary::Change::kOpen);
  EXPECT_FALSE(Admits("a"));
  EXPECT_TRUE(Admits("b"));
  canary_.Given("b", now_);
  EXPECT_TRUE(canary_.Failed("b", now_));
  Pass(times_.pause_first);
  EXPECT_EQ(canary_.Tick(now_), Canary::Change::kNone);
  Pass(times_.pause_first);
  EXPECT_EQ(canary_.Tick(now_), Canary::Change::kOpen);
}

TEST_F(CanaryTest, WhoFailedMayTryAgainAndReleasesTheOthers) {
  Join(2);
  Admits("a");
  canary_.Given("a", now_);
  canary_.Left("a", now_);
  canary_.Joined();
  EXPECT_TRUE(Admits("a"));
  canary_.Given("a", now_);
  EXPECT_TRUE(canary_.Took("a", 2, now_));
  EXPECT_TRUE(Admits("b"));
}

TEST_F(CanaryTest, WhoDidNotComeIsTriedAgainThoughTheOthersLackNothing) {
  const CanaryTimes times;
  Canary canary(times);
  canary.Joined(), canary.Joined();
  absl::Duration now;
  const std::string late = "late";
  const Canary::Offer offer{.node = late, .to = 5, .risk = 1, .asked = false};
  EXPECT_TRUE(canary.Admits(offer, now));
  now += times.comes;
  EXPECT_EQ(canary.Tick(now), Canary::Change::kOpen);
  EXPECT_FALSE(canary.Admits(offer, now)) << "another one first";
  now += times.pause_first;
  EXPECT_TRUE(canary.Admits(offer, now));
}

}  // namespace
}  // namespace kong
