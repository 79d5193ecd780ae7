#include "kong/delivery.h"

#include "engine/text.h"
#include "gmock/gmock.h"
#include "tests/kong/delivery_fixture.h"

namespace kong {
namespace {

using engine::Cat;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(DeliveryTest, ConfiguresEveryGatewayAndTellsTheVersion) {
  Start(3);
  Set("a", 1);
  Run();
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(kong(i).hash, Hash());
  EXPECT_EQ(delivery_->acknowledged(), 1u);
  EXPECT_THAT(acknowledged_, SizeIs(3));
  EXPECT_EQ(source_.builds, 1) << "one payload for a class";
}

TEST_F(DeliveryTest, DeliversNothingBeforeSomethingIsPublished) {
  Start();
  Run(absl::Minutes(1));
  EXPECT_EQ(kong().pushes, 0);
  EXPECT_TRUE(delivery_->gateways()[0]->state().usable());
}

TEST_F(DeliveryTest, SendsNothingToAGatewayThatHasItAlready) {
  source_.services["a"] = 1;
  Start();
  kong().hash = Hash();
  Publish();
  Run();
  EXPECT_EQ(kong().pushes, 0);
  EXPECT_EQ(delivery_->acknowledged(), 1u);
  // Nor when a version changes nothing for it.
  Publish();
  Run();
  EXPECT_EQ(kong().pushes, 0);
  EXPECT_EQ(delivery_->acknowledged(), 2u);
}

TEST_F(DeliveryTest, ASlowGatewayGetsTheNewestAndDelaysNobody) {
  Start(2);
  kong(0).load = absl::Seconds(10);
  Set("a", 1);
  Run(absl::Seconds(1));
  for (int i = 2; i < 8; ++i) Set("a", i), Run(absl::Seconds(1));
  EXPECT_EQ(kong(1).pushes, 7);
  EXPECT_EQ(kong(1).hash, Hash());
  EXPECT_EQ(kong(0).pushes, 1);
  Run(absl::Seconds(20));
  EXPECT_EQ(kong(0).pushes, 2);
  EXPECT_EQ(kong(0).hash, Hash());
}

TEST_F(DeliveryTest, AGatewayAtRestCostsAStatusAnInterval) {
  Start();
  Set("a", 1);
  Run();
  int looks = kong().looks;
  uint64_t ran = clock_.ran();
  Run(absl::Minutes(10));
  EXPECT_LE(kong().looks - looks, 60);
  EXPECT_LE(clock_.ran() - ran, 120u);
  EXPECT_EQ(kong().pushes, 1);
}

TEST_F(DeliveryTest, SendsTheHeadersOfTheOptionsWithEachRequest) {
  DeliveryOptions options;
  options.headers.Add("Kong-Admin-Token", "s3cret");
  Start(1, std::move(options));
  Set("a", 1);
  Run();
  EXPECT_THAT(kong().headers, SizeIs(3));
  for (const io::Headers& headers : kong().headers)
    EXPECT_EQ(headers.Find("Kong-Admin-Token"), "s3cret");
}

TEST_F(DeliveryTest, RepairsARestartedGateway) {
  Start(2);
  Set("a", 1);
  Run();
  kong(1).Restart();
  Run(absl::Seconds(11));
  EXPECT_EQ(kong(1).hash, Hash());
  EXPECT_EQ(kong(0).pushes, 1);
}

TEST_F(DeliveryTest, TakesARefusedObjectOutAndDeliversTheRest) {
  Start(2);
  for (auto& each : kongs_) {
    each->refuse = [](const std::string& body, bool) { return RefuseNamed(body, "bad"); };
  }
  source_.services = {{"a", 1}, {"b", 1}, {"bad", 1}};
  Publish();
  Run();
  EXPECT_EQ(source_.refused["bad"], "port: bad");
  for (size_t i = 0; i < 2; ++i) EXPECT_EQ(kong(i).hash, Hash());
  EXPECT_EQ(quarantines_, 2) << "both had it under way";
  EXPECT_THAT(reports_[0].refusal.culprits, SizeIs(1));
  EXPECT_EQ(delivery_->acknowledged(), source_.version);
}

TEST_F(DeliveryTest, RepeatsPlainlyWhatIsRefusedWithoutAName) {
  Start();
  kong().refuse = [](const std::string& body, bool flattened) -> std::optional<std::string> {
    if (flattened || body.find("\"bad\"") == std::string::npos) return RefuseSilently(body, "bad");
    return R"({"code":14,"fields":{"services":{"bad":["invalid reference 'x: y'"]}},"mes)"
           R"(sage":"…"})";
  };
  source_.services = {{"a", 1}, {"bad", 1}};
  Publish();
  Run();
  EXPECT_EQ(source_.refused["bad"], "invalid reference 'x: y'");
  EXPECT_EQ(kong().pushes, 3);
  EXPECT_EQ(kong().hash, Hash());
}

TEST_F(DeliveryTest, BisectsOnOneGatewayWhileTheOthersKeepWhatTheyHave) {
  Start(3);
  for (int i = 0; i < 64; ++i) source_.services[Cat("n", i)] = 1;
  Publish();
  Run();
  for (auto& each : kongs_) {
    each->refuse = [](const std::string& body, bool) { return RefuseSilently(body, "bad"); };
    each->load = absl::Seconds(1);
    each->tried.clear();
  }
  for (int i = 0; i < 16; ++i) source_.services[Cat("new", i)] = 1;
  source_.services["bad"] = 1;
  Publish();
  Run(absl::Minutes(2));
  EXPECT_THAT(source_.refused, SizeIs(1));
  EXPECT_THAT(source_.refused["bad"], HasSubstr("does not say why"));
  size_t most = 0;
  for (auto& each : kongs_) {
    EXPECT_EQ(each->hash, Hash());
    most = std::max(most, each->tried.size());
    for (const std::string& body : each->tried)
      EXPECT_THAT(body, HasSubstr("\"n63\"")) << "live stays live";
  }
  EXPECT_LE(most, 3 + 12u);
  std::vector<size_t> tries;
  for (auto& each : kongs_) tries.push_back(each->tried.size());
  std::sort(tries.begin(), tries.end());
  EXPECT_LE(tries[1], 3u) << "the others: flattened, plain, and what is right";
}

TEST_F(DeliveryTest, AnotherGatewayBisectsWhenTheFirstIsLost) {
  Start(2);
  for (auto& each : kongs_) {
    each->refuse = [](const std::string& body, bool) { return RefuseSilently(body, "bad"); };
    each->load = absl::Seconds(1);
  }
  for (int i = 0; i < 32; ++i) source_.services[Cat("n", i)] = 1;
  source_.services["bad"] = 1;
  Publish();
  Run(absl::Milliseconds(500));
  ASSERT_THAT(source_.refused, IsEmpty());
  size_t first = kong(0).pushes > kong(1).pushes ? 0 : 1;
  kong(first).fault = [](bool) { return FakeKong::Fault::kRefuseConnection; };
  kong(first).Restart();
  Run(absl::Minutes(3));
  EXPECT_THAT(source_.refused, SizeIs(1));
  EXPECT_EQ(kong(1 - first).hash, Hash());
}

TEST_F(DeliveryTest, ChangesDuringABisectionArriveAfterIt) {
  Start(1);
  kong().refuse = [](const std::string& body, bool) { return RefuseSilently(body, "bad"); };
  kong().load = absl::Seconds(1);
  for (int i = 0; i < 16; ++i) source_.services[Cat("n", i)] = 1;
  Set("bad", 1);
  Run(absl::Milliseconds(1500));
  Set("late", 1);
  Run(absl::Minutes(1));
  EXPECT_EQ(kong().hash, Hash());
  EXPECT_THAT(kong().body, HasSubstr("late"));
}

TEST_F(DeliveryTest, AGatewayOfAnotherFlavorIsRefusedAndTold) {
  Start(2);
  kong(1).flavor = "expressions";
  Set("a", 1);
  Run();
  EXPECT_EQ(kong(1).pushes, 0);
  EXPECT_THAT(delivery_->gateways()[1]->state().trouble(),
              HasSubstr("all gateways must have the same flavor"));
  EXPECT_EQ(kong(0).hash, Hash());
}

TEST_F(DeliveryTest, GatewaysThatOfferDifferentThingsAreDifferentClasses) {
  Start(2);
  kong(1).version = "3.8.1";
  Set("a", 1);
  Run();
  EXPECT_EQ(source_.builds, 2);
}

TEST_F(DeliveryTest, ATimedOutPushIsNotRepeatedBeforeItsOutcomeIsKnown) {
  Start();
  kong().load =
      absl::Seconds(45);  // Beyond the timeout; the fake objects to a push while it loads.
  Set("a", 1);
  Run(absl::Seconds(50));
  EXPECT_EQ(kong().pushes, 1);
  EXPECT_EQ(kong().collisions, 0);
  EXPECT_EQ(delivery_->acknowledged(), 1u);
}

TEST_F(DeliveryTest, EndsWhenItIsDestroyedInTheMiddle) {
  Start();
  Set("a", 1);
  delivery_.reset();
  Run(absl::Minutes(1));
}

// Whatever happens, once the gateways behave they have what we want; and the fakes see to it that
// never two pushes are under way at once.
TEST_F(DeliveryTest, ConvergesAfterAnyMisfortune) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    kongs_.clear(), delivery_.reset(), reports_.clear(), source_.refused.clear();
    source_.services.clear();
    uint64_t state = seed;
    auto pick = [&](uint64_t n) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      return (state >> 33) % n;
    };
    bool calm = false;
    Start(2);
    for (auto& each : kongs_) {
      each->fault = [&](bool) {
        return calm || pick(3) > 0 ? FakeKong::Fault::kNone : static_cast<FakeKong::Fault>(pick(8));
      };
      each->refuse = [&pick, &calm](const std::string& body,
                                    bool flattened) -> std::optional<std::string> {
        if (std::optional<std::string> silent = RefuseSilently(body, "n3")) return silent;
        return flattened ? RefuseNamed(body, "n5") : RefuseSilently(body, "n5");
      };
    }
    for (int step = 0; step < 60; ++step) {
      FakeKong& victim = kong(pick(2));
      uint64_t what = pick(12);
      if (what == 0) victim.Restart();
      if (what == 1) victim.ConfigureByOther();
      if (what == 2) victim.load = absl::Seconds(static_cast<int64_t>(pick(50)));
      if (what > 4) {
        std::string name = Cat("n", pick(8));
        source_.services[name] = static_cast<int>(pick(100));
        source_.refused.erase(name);  // Its author changed it.
        Publish();
      }
      Run(absl::Milliseconds(static_cast<int64_t>(pick(20'000))));
    }
    calm = true;
    for (auto& each : kongs_) each->load = absl::Seconds(1);
    Publish();
    Run(absl::Minutes(40));
    for (auto& each : kongs_) {
      EXPECT_EQ(each->hash, Hash()) << "seed " << seed;
      // Only a restart that nobody saw can make us believe that nothing is loading.
      EXPECT_LE(each->collisions, each->restarts) << "seed " << seed;
    }
    EXPECT_EQ(delivery_->acknowledged(), source_.version) << "seed " << seed;
    if (HasFailure()) break;
  }
}

TEST_F(DeliveryTest, LetsGoOfARemovedGatewayAndDropsItsPush) {
  Start(2);
  kong(0).load = absl::Seconds(10);
  Set("a", 1);
  Run();
  delivery_->Remove("http://kong-0");
  delivery_->Remove("http://never");
  Set("a", 2);
  Run(absl::Minutes(1));
  EXPECT_THAT(delivery_->gateways(), SizeIs(1));
  EXPECT_EQ(kong(0).pushes, 1);
  EXPECT_EQ(kong(1).hash, Hash());
  EXPECT_EQ(delivery_->acknowledged(), source_.version);
}

TEST_F(DeliveryTest, AGatewayThatComesBackIsNew) {
  Start(2);
  Set("a", 1);
  Run();
  delivery_->Remove("http://kong-0");
  kong(0).Restart();
  delivery_->Add("http://kong-0", kong(0).Client());
  EXPECT_EQ(delivery_->gateways()[1]->state().acknowledged(), 0u);
  Run();
  EXPECT_EQ(kong(0).hash, Hash());
  EXPECT_EQ(kong(1).pushes, 1);
}

TEST_F(DeliveryTest, ARemovedGatewayIsNotWaitedForWhenItsPayloadIsMade) {
  Start(2);
  Run();
  source_.services["a"] = 1;
  Publish();  // Both wait now.
  delivery_->Remove("http://kong-0");
  Run();
  EXPECT_EQ(kong(0).pushes, 0);
  EXPECT_EQ(kong(1).hash, Hash());
}

TEST_F(DeliveryTest, AnotherGatewayGoesOnWithTheTrialsOfARemovedOne) {
  Start(2);
  for (auto& each : kongs_) {
    each->refuse = [](const std::string& body, bool) { return RefuseSilently(body, "bad"); };
    each->load = absl::Milliseconds(10);
  }
  source_.services = {{"a", 1}, {"b", 1}, {"bad", 1}, {"c", 1}, {"d", 1}};
  Publish();
  Run(absl::Milliseconds(5));  // One of them tries parts now.
  const size_t trying = kong(0).pushes > kong(1).pushes ? 0 : 1;
  delivery_->Remove(Cat("http://kong-", trying));
  Run(absl::Minutes(10));
  EXPECT_EQ(kong(1 - trying).hash, Hash());
  EXPECT_THAT(source_.refused, testing::Contains(testing::Key("bad")));
}

TEST_F(DeliveryTest, OneThatRefusesWhatAnotherHasTakenConcernsItselfOnly) {
  Start(2);
  Set("a", 1);
  Run();
  kong(1).refuse = [](const std::string& body, bool) { return RefuseNamed(body, "b"); };
  kong(1).fault = [](bool push) { return push ? FakeKong::Fault::kBusy : FakeKong::Fault::kNone; };
  Set("b", 1);
  Run();
  kong(1).fault = [](bool) { return FakeKong::Fault::kNone; };
  Run(absl::Minutes(1));
  EXPECT_EQ(kong(0).hash, Hash());
  EXPECT_THAT(source_.refused, IsEmpty());
  EXPECT_NE(kong(1).hash, Hash());
  EXPECT_EQ(quarantines_, 0);
}

// One that never answers, one that answers garbage, one that resets: each costs itself only.
TEST_F(DeliveryTest, HostileGatewaysSlowNobody) {
  Start(5);
  kong(0).fault = [](bool) { return FakeKong::Fault::kSilent; };
  kong(1).fault = [](bool) { return FakeKong::Fault::kError; };
  kong(2).fault = [](bool) { return FakeKong::Fault::kRefuseConnection; };
  kong(3).fault = [](bool push) {
    return push ? FakeKong::Fault::kSilent : FakeKong::Fault::kNone;
  };
  for (int i = 1; i <= 20; ++i) {
    Set("a", i);
    Run(absl::Milliseconds(1));
    EXPECT_EQ(kong(4).hash, Hash());
  }
  EXPECT_EQ(kong(4).pushes, 20);
}

TEST_F(DeliveryTest, AFollowerIsReadyToPushAndThePushComesAtOnceWhenItLeads) {
  Start(2);
  delivery_->Lead(false);
  Set("a", 1);
  Run(absl::Minutes(5));
  EXPECT_EQ(kong(0).pushes + kong(1).pushes, 0);
  const int builds = source_.builds;
  delivery_->Lead(true);
  Run(absl::Milliseconds(1));
  EXPECT_EQ(source_.builds, builds) << "the payload was there";
  for (size_t i = 0; i < 2; ++i) EXPECT_EQ(kong(i).hash, Hash());
}

TEST_F(DeliveryTest, TakingOverPushesNothingWhereNothingDiffers) {
  Start();
  delivery_->Lead(false);
  Set("a", 1);
  Run(absl::Seconds(1));
  kong().hash = Hash();  // The leader saw to it, and nobody looked since.
  delivery_->Lead(true);
  Run(absl::Seconds(1));
  EXPECT_EQ(kong().pushes, 0);
  EXPECT_EQ(delivery_->acknowledged(), source_.version);
}

TEST_F(DeliveryTest, AGatewayThatIsFoundByAFollowerIsNotPushedTo) {
  Start();
  delivery_->Lead(false);
  Set("a", 1);
  kongs_.push_back(std::make_unique<FakeKong>(clock_));
  delivery_->Add("http://new", kongs_.back()->Client());
  Run(absl::Minutes(1));
  EXPECT_EQ(kong(1).pushes, 0);
}

TEST_F(DeliveryTest, LosingLeadershipDropsThePushUnderWay) {
  Start();
  kong().load = absl::Seconds(10);
  Set("a", 1);
  Run(absl::Seconds(1));
  ASSERT_TRUE(delivery_->gateways()[0]->pushing());
  delivery_->Lead(false);
  EXPECT_FALSE(delivery_->gateways()[0]->pushing());
  Set("a", 2);
  Run(absl::Minutes(5));
  EXPECT_EQ(kong().pushes, 1);
  delivery_->Lead(true);
  Run(absl::Seconds(15));
  EXPECT_EQ(kong().hash, Hash());
}

TEST_F(DeliveryTest, LosingLeadershipEndsTrials) {
  Start();
  kong().refuse = [](const std::string& body, bool) { return RefuseSilently(body, "bad"); };
  kong().load = absl::Milliseconds(100);
  source_.services = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"bad", 1}, {"e", 1}, {"f", 1}};
  Publish();
  Run(absl::Milliseconds(1));
  ASSERT_TRUE(delivery_->gateways()[0]->pushing());
  ASSERT_EQ(quarantines_, 0) << "parts are tried";
  delivery_->Lead(false);
  Run(absl::Minutes(2));
  const int pushes = kong().pushes;
  delivery_->Lead(true);
  Run(absl::Minutes(10));
  EXPECT_GT(kong().pushes, pushes);
  EXPECT_EQ(kong().hash, Hash());
}

TEST_F(DeliveryTest, AsksForPermissionRightBeforeEachPush) {
  bool may = false;
  DeliveryOptions options;
  options.may_push = [&] { return may; };
  Start(1, std::move(options));
  Set("a", 1);
  Run(absl::Minutes(1));
  EXPECT_EQ(kong().pushes, 0);
  may = true;  // And nobody tells.
  Run(absl::Seconds(2));
  EXPECT_EQ(kong().hash, Hash());
}

}  // namespace
}  // namespace kong
