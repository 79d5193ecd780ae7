#include "kong/gateway_state.h"

#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kong/payload.h"

namespace kong {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Event = GatewayState::Event;

const std::string kOurs(32, 'a'), kNewer(32, 'b'), kForeign(32, 'f'), kZero(kZeroHash);

GatewayIdentity Kong(std::string_view version = "3.9.3") {
  GatewayIdentity identity{.major = 3, .minor = 9, .patch = 3, .version = std::string(version)};
  identity.router_flavor = "traditional_compatible";
  identity.database = "off";
  return identity;
}

// A gateway state with a clock of its own, and a shorthand for each answer.
class Play {
 public:
  explicit Play(GatewayTimes times = {}) : state_(times) {}
  GatewayState& state() { return state_; }
  Ask Next() const { return state_.Next(now_).ask; }
  absl::Duration Sleeps() const { return state_.Next(now_).at - now_; }
  Play& Wait(absl::Duration d) { return now_ += d, *this; }
  Play& Identify() { return state_.OnIdentity(Kong(), absl::OkStatus(), now_), *this; }
  Play& Show(std::string_view hash) { return state_.OnShown(hash, now_), *this; }
  Play& Publish(engine::Version version) { return state_.Stale(version), *this; }
  Play& Offer(std::string hash, engine::Version version = 1, size_t bytes = 1000) {
    return state_.Want({.version = version, .hash = std::move(hash), .bytes = bytes}), *this;
  }
  Play& Begin() {
    EXPECT_EQ(Next(), Ask::kPush);
    return state_.PushBegan(now_), *this;
  }
  Play& End(PushEnd end, absl::Duration retry_after = {}) {
    return state_.OnPushEnd(end, retry_after, now_), *this;
  }
  Play& Lead(bool leads) { return state_.Lead(leads, now_), *this; }
  // A gateway that has `kOurs` of version 1.
  Play& InSync() {
    Identify().Show(kZero).Publish(1).Offer(kOurs).Begin().End(PushEnd::kLoaded);
    state_.TakeEvents();
    return *this;
  }

 private:
  GatewayState state_;
  absl::Duration now_ = absl::Hours(1);
};

TEST(GatewayStateTest, AsksWhoItIsThenWhatItHasThenForThePayload) {
  Play play;
  EXPECT_EQ(play.Next(), Ask::kIdentity);
  EXPECT_EQ(play.Identify().Next(), Ask::kStatus);
  EXPECT_EQ(play.Show(kZero).Next(), Ask::kNothing);  // Nothing was published.
  EXPECT_EQ(play.Publish(1).Next(), Ask::kPayload);
  play.state().PayloadAsked();
  EXPECT_EQ(play.Next(), Ask::kNothing);
  EXPECT_EQ(play.Offer(kOurs).Next(), Ask::kPush);
  play.Begin().End(PushEnd::kLoaded);
  EXPECT_EQ(play.state().acknowledged(), 1u);
  EXPECT_THAT(play.state().TakeEvents(), ElementsAre(Event::kFound, Event::kAcknowledged));
  EXPECT_EQ(play.Sleeps(), absl::Seconds(10));
}

TEST(GatewayStateTest, PushesNothingThatTheGatewayHas) {
  Play play;
  play.Identify().Show(kOurs).Publish(4).Offer(kOurs, 4);
  EXPECT_EQ(play.Next(), Ask::kNothing);
  EXPECT_EQ(play.state().acknowledged(), 4u);
}

TEST(GatewayStateTest, HowAPushEndsDecidesWhatIsNext) {
  struct Case {
    std::string_view name;
    PushEnd end;
    absl::Duration retry_after;
    Ask next;
    absl::Duration sleeps;
  };
  for (const Case& c : std::vector<Case>{
           {"201", PushEnd::kLoaded, {}, Ask::kNothing, absl::Seconds(10)},
           {"304", PushEnd::kUnchanged, {}, Ask::kNothing, absl::Seconds(10)},
           {"400", PushEnd::kRefused, {}, Ask::kNothing, absl::Seconds(10)},
           {"400 that names nothing", PushEnd::kRepeat, {}, Ask::kPush, {}},
           {"429", PushEnd::kBusy, absl::Seconds(3.5), Ask::kNothing, absl::Seconds(3.5)},
           {"429 without Retry-After", PushEnd::kBusy, {}, Ask::kNothing, absl::Seconds(1)},
           {"500", PushEnd::kFailed, {}, Ask::kNothing, absl::Seconds(1)},
           {"no answer", PushEnd::kUnknown, {}, Ask::kNothing, absl::Seconds(1)},
       }) {
    Play play;
    play.Identify().Show(kZero).Publish(1).Offer(kOurs).Begin().End(c.end, c.retry_after);
    EXPECT_EQ(play.Next(), c.next) << c.name;
    if (c.next == Ask::kNothing) {
      EXPECT_EQ(play.Sleeps(), c.sleeps) << c.name;
    }
  }
}

TEST(GatewayStateTest, AnUnknownOutcomeWaitsForTheStatusToDecide) {
  struct Case {
    std::string_view name, shows;
    absl::Duration after;
    bool unknown;
    Ask next;
    std::string_view then = "";
  };
  for (const Case& c : std::vector<Case>{
           {"it was loaded", kNewer, absl::Seconds(2), false, Ask::kNothing},
           {"not yet", kOurs, absl::Seconds(2), true, Ask::kNothing},
           {"it never will", kOurs, absl::Seconds(100), false, Ask::kPush},
           {"it was started anew", kZero, absl::Seconds(2), false, Ask::kIdentity},
           {"somebody else was there before", kForeign, absl::Seconds(2), true, Ask::kNothing,
            kForeign},
           {"somebody else came after", kOurs, absl::Seconds(2), true, Ask::kPush, kForeign},
       }) {
    Play play;
    play.InSync()
        .Publish(2)
        .Offer(kNewer, 2)
        .Begin()
        .Wait(absl::Seconds(30))
        .End(PushEnd::kUnknown);
    play.Publish(3);
    EXPECT_NE(play.Next(), Ask::kPush) << c.name;
    play.Publish(2).Offer(kNewer, 3).Wait(c.after);
    EXPECT_EQ(play.Next(), Ask::kStatus) << c.name;
    play.Show(c.shows);
    EXPECT_EQ(play.state().outcome_unknown(), c.unknown) << c.name;
    if (c.unknown && c.then.empty()) continue;
    if (!c.then.empty()) play.Wait(absl::Seconds(5)).Show(c.then);
    EXPECT_EQ(play.Next(), c.next) << c.name;
  }
}

// With what it had persisted, so that the hash says nothing.
TEST(GatewayStateTest, ARestartDecidesAnUnknownOutcome) {
  Play play;
  play.InSync().Publish(2).Offer(kNewer, 2).Begin().End(PushEnd::kUnknown);
  play.Wait(absl::Seconds(1)).state().OnNoAnswer("refused", absl::Hours(1));
  EXPECT_THAT(play.state().TakeEvents(), IsEmpty());
  play.Wait(absl::Seconds(2));
  EXPECT_EQ(play.Next(), Ask::kIdentity);
  GatewayIdentity anew = Kong();
  anew.node_id = "another";
  play.state().OnIdentity(anew, absl::OkStatus(), absl::Hours(1));
  EXPECT_EQ(play.Show(kOurs).Next(), Ask::kPush);
}

TEST(GatewayStateTest, ARefusedPayloadIsNotSentAgainSoonButAnotherIs) {
  Play play;
  play.Identify().Show(kZero).Publish(1).Offer(kOurs).Begin().End(PushEnd::kRefused);
  play.Publish(2);
  EXPECT_EQ(play.Next(), Ask::kPayload);
  play.Offer(kOurs, 2);
  EXPECT_EQ(play.Next(), Ask::kNothing);
  play.Publish(3).Offer(kNewer, 3);
  EXPECT_EQ(play.Next(), Ask::kPush);
  play.Offer(kOurs, 4).Wait(absl::Minutes(5)).Show(kZero);
  EXPECT_EQ(play.Next(), Ask::kPush);
}

TEST(GatewayStateTest, TheNewestIsAskedForWhenItCanBePushed) {
  Play play({.push_spacing = absl::Seconds(3)});
  play.InSync();
  play.Wait(absl::Seconds(1)).Publish(2).Publish(3);
  EXPECT_EQ(play.Sleeps(), absl::Seconds(2));
  EXPECT_EQ(play.Wait(absl::Seconds(2)).Next(), Ask::kPayload);
  // After a pause nothing is delayed.
  play.Offer(kNewer, 3).Begin().End(PushEnd::kLoaded);
  play.Wait(absl::Seconds(5)).Publish(4);
  EXPECT_EQ(play.Next(), Ask::kPayload);
}

TEST(GatewayStateTest, RepairsAGatewayThatWasStartedAnew) {
  Play play;
  play.InSync().Wait(absl::Seconds(10));
  EXPECT_EQ(play.Next(), Ask::kStatus);
  play.Show(kZero);
  EXPECT_THAT(play.state().TakeEvents(), ElementsAre(Event::kFresh));
  EXPECT_EQ(play.Next(), Ask::kIdentity);
  EXPECT_EQ(play.Identify().Next(), Ask::kStatus);
  EXPECT_EQ(play.Show(kZero).Next(), Ask::kPayload);
  play.Offer(kOurs).Begin().End(PushEnd::kLoaded);
  EXPECT_THAT(play.state().TakeEvents(), ElementsAre(Event::kAcknowledged));
}

TEST(GatewayStateTest, LeavesAGatewayAloneThatSomebodyElseConfigures) {
  Play play;
  play.InSync();
  auto overwritten = [&] {
    play.Wait(absl::Seconds(20)).Show(kForeign);
    return play.state().TakeEvents();
  };
  auto repaired = [&] { play.Offer(kOurs).Begin().End(PushEnd::kLoaded); };
  EXPECT_THAT(overwritten(), ElementsAre(Event::kDrifted));
  play.Wait(absl::Seconds(1)).Show(kForeign);  // Seen twice, happened once.
  EXPECT_THAT(play.state().TakeEvents(), IsEmpty());
  repaired();
  play.state().TakeEvents();
  EXPECT_THAT(overwritten(), ElementsAre(Event::kDrifted));
  repaired();
  play.state().TakeEvents();
  EXPECT_THAT(overwritten(), ElementsAre(Event::kLeftAlone));
  EXPECT_EQ(play.Publish(2).Next(), Ask::kNothing);
  EXPECT_EQ(play.Wait(absl::Minutes(10)).Show(kForeign).Next(), Ask::kPayload);
}

TEST(GatewayStateTest, ForgivesWhatWasForeignLongAgo) {
  Play play;
  play.InSync();
  for (int i = 0; i < 5; ++i) {
    play.Wait(absl::Minutes(6)).Show(kForeign);
    EXPECT_THAT(play.state().TakeEvents(), ElementsAre(Event::kDrifted));
    play.Offer(kOurs).Begin().End(PushEnd::kLoaded);
    play.state().TakeEvents();
  }
}

TEST(GatewayStateTest, AGatewayThatDoesNotAnswerIsAskedLessAndLessOften) {
  Play play;
  std::vector<absl::Duration> delays;
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(play.Next(), Ask::kIdentity);
    play.state().OnNoAnswer(
        "refused", absl::Hours(1) + [&] {
          absl::Duration sum;
          for (absl::Duration d : delays) sum += d;
          return sum;
        }());
    delays.push_back(play.Sleeps());
    play.Wait(delays.back());
  }
  EXPECT_THAT(delays,
              ElementsAre(absl::Seconds(1), absl::Seconds(2), absl::Seconds(4), absl::Seconds(8),
                          absl::Seconds(16), absl::Seconds(30), absl::Seconds(30)));
  EXPECT_THAT(play.state().TakeEvents(), ElementsAre(Event::kLost));
}

TEST(GatewayStateTest, AnUnfitGatewayIsToldOnceAndLookedAtAgain) {
  Play play;
  auto unfit = [&] {
    play.state().OnIdentity(Kong(), absl::FailedPreconditionError("too old"), absl::Hours(1));
  };
  unfit();
  EXPECT_FALSE(play.state().usable());
  EXPECT_EQ(play.Sleeps(), absl::Seconds(30));
  unfit();
  EXPECT_THAT(play.state().TakeEvents(), ElementsAre(Event::kLost));
  EXPECT_EQ(play.Wait(absl::Seconds(30)).Next(), Ask::kIdentity);
  play.Identify();
  EXPECT_THAT(play.state().TakeEvents(), ElementsAre(Event::kFound));
}

TEST(GatewayStateTest, ThePushTimeoutGrowsWithThePayloadAndTheMeasuredPace) {
  Play play;
  EXPECT_EQ(play.state().PushTimeout(1000), absl::Seconds(30));
  EXPECT_GT(play.state().PushTimeout(12'700'000), absl::Seconds(40));
  play.Identify().Show(kZero).Publish(1).Offer(kOurs, 1, 10'000'000).Begin();
  play.Wait(absl::Seconds(40)).End(PushEnd::kLoaded);
  EXPECT_EQ(play.state().PushTimeout(10'000'000), absl::Seconds(120));
  EXPECT_THAT(play.state().TakeEvents(),
              ElementsAre(Event::kFound, Event::kSlow, Event::kAcknowledged));
}

TEST(GatewayStateTest, AnotherVersionOfKongMeansAnotherPayload) {
  Play play;
  play.InSync().Wait(absl::Seconds(10)).Show(kZero);
  GatewayIdentity older = Kong("3.8.1");
  older.minor = 8;
  play.state().OnIdentity(older, absl::OkStatus(), absl::Hours(2));
  EXPECT_FALSE(play.state().wanted());
  EXPECT_EQ(play.Show(kZero).Next(), Ask::kPayload);
}

TEST(GatewayIdentityTest, ReadsWhatKongSaysOfItself) {
  auto root = [](std::string_view version, std::string_view database, std::string_view flavor) {
    return "{\"version\":\"" + std::string(version) +
           "\",\"edition\":\"community\",\"node_id\":\"n\",\"configuration\":{\"database\":\"" +
           std::string(database) + "\",\"router_flavor\":\"" + std::string(flavor) + "\"}}";
  };
  struct Case {
    std::string body;
    bool readable, fits;
    std::string_view error = "";
  };
  for (const Case& c : std::vector<Case>{
           {root("3.9.3", "off", "traditional_compatible"), true, true},
           {root("3.4.3.12-enterprise-edition", "off", "expressions"), true, true},
           {root("3.4.1", "off", "traditional"), true, true},
           {root("4.0.0", "off", "expressions"), true, true},
           {root("3.4.0", "off", "traditional"), true, false,
            "Kong 3.4.0 is too old: 3.4.1 or later is needed"},
           {root("2.8.5", "off", "traditional"), true, false, "too old"},
           {root("3.9.3", "postgres", "traditional"), true, false, "has a database (postgres)"},
           {root("3.9.3", "off", "quantum"), true, false, "unknown router_flavor \"quantum\""},
           {root("three", "off", "traditional"), false, false},
           {root("3.9", "off", "traditional"), false, false},
           {root("99999999999.1.1", "off", "traditional"), false, false},
           {R"({"version":"3.9.3"})", false, false},
           {"<html>", false, false},
           {"", false, false},
           {std::string(100000, '['), false, false},
       }) {
    absl::StatusOr<GatewayIdentity> identity = ReadIdentity(c.body);
    ASSERT_EQ(identity.ok(), c.readable) << c.body.substr(0, 100);
    if (!identity.ok()) continue;
    absl::Status fit = CheckFit(*identity);
    EXPECT_EQ(fit.ok(), c.fits) << c.body;
    EXPECT_THAT(std::string(fit.message()), testing::HasSubstr(std::string(c.error)));
  }
  EXPECT_TRUE(ReadIdentity(root("3.4.3.12-enterprise-edition", "off", "expressions"))->enterprise);
}

TEST(GatewayIdentityTest, ReadsTheHashOrSaysWhyNot) {
  EXPECT_EQ(*ReadConfigurationHash(R"({"configuration_hash":")" + kOurs + R"("})"), kOurs);
  for (std::string_view body :
       {"", "[]", "{}", R"({"configuration_hash":null})", R"({"configuration_hash":"ab"})"}) {
    EXPECT_FALSE(ReadConfigurationHash(body).ok()) << body;
  }
}

TEST(GatewayStateTest, AFollowerKnowsEverythingAndPushesNothing) {
  Play play;
  play.Lead(false);
  EXPECT_EQ(play.Next(), Ask::kIdentity);
  EXPECT_EQ(play.Identify().Next(), Ask::kStatus);
  EXPECT_EQ(play.Show(kForeign).Publish(1).Next(), Ask::kPayload);
  play.state().PayloadAsked();
  EXPECT_EQ(play.Offer(kOurs).Next(), Ask::kNothing);
  EXPECT_EQ(play.Sleeps(), absl::Seconds(10));
  play.Show(kOurs);
  EXPECT_EQ(play.state().acknowledged(), 1u) << "somebody else saw to it";
}

TEST(GatewayStateTest, WhoBeginsToLeadLooksFirstAndPushesOnlyWhatDiffers) {
  for (const auto& [shown, next] : {std::pair(kOurs, Ask::kNothing), {kForeign, Ask::kPush}}) {
    Play play;
    play.Lead(false).Identify().Show(kZero).Publish(1).Offer(kOurs).Wait(absl::Seconds(1));
    EXPECT_EQ(play.Next(), Ask::kNothing);
    EXPECT_EQ(play.Lead(true).Next(), Ask::kStatus);
    EXPECT_EQ(play.Show(shown).Next(), next);
  }
}

TEST(GatewayStateTest, AFollowerIsNotSurprisedByWhatTheLeaderDoes) {
  Play play;
  play.InSync().Lead(false);
  for (const std::string& hash : {kNewer, kForeign, kOurs, kNewer}) {
    play.Wait(absl::Seconds(10)).Show(hash);
    for (Event event : play.state().TakeEvents()) EXPECT_EQ(event, Event::kAcknowledged);
  }
  play.Lead(true).Show(kNewer);
  EXPECT_THAT(play.state().TakeEvents(), IsEmpty()) << "its predecessor was right to send it";
}

}  // namespace
}  // namespace kong
