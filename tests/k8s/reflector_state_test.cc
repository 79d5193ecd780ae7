// Named after the cases of client-go's tools/cache/reflector_test.go where there is one.
#include "k8s/reflector_state.h"

#include <set>
#include <string>
#include <vector>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "k8s/ingress.h"

namespace k8s {
namespace {

using engine::Cat;
using engine::MessageOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using What = ReflectorAction::What;

constexpr absl::Duration kSecond = absl::Seconds(1);

class ReflectorStateTest : public ::testing::Test {
 protected:
  // "discard fetch(limit=500)"; waits without their length.
  std::string Step(const ReflectorInput& input) {
    std::string text;
    for (const ReflectorAction& action : state_->Step(now_, input)) {
      if (!text.empty()) text += ' ';
      text += Describe(action);
    }
    return text;
  }
  std::string Describe(const ReflectorAction& action) {
    switch (action.what) {
      case What::kFetch:
        return Cat("fetch(", Query(), ")");
      case What::kWait:
        wait_ = action.wait;
        return "wait";
      case What::kHangUp:
        return "hangup";
      case What::kStage:
        return "stage";
      case What::kApply:
        return "apply";
      case What::kCommit:
        return "commit";
      case What::kDiscard:
        return "discard";
    }
    return "?";
  }
  std::string Query() {
    std::string text;
    for (const auto& [name, value] : state_->request().query) {
      if (name == "timeoutSeconds") timeouts_.insert(value);
      if (name != "timeoutSeconds") text += Cat(text.empty() ? "" : "&", name, '=', value);
    }
    return text;
  }
  void Make(bool streaming, bool optional = false) {
    ReflectorPlan plan;
    plan.type = Ingress::kType;
    plan.streaming = streaming;
    plan.optional = optional;
    plan.seed = 7;
    state_.emplace(plan);
    now_ = kSecond * 1000;
  }
  // A reflector that watches from version 10.
  void MakeWatching() {
    Make(false);
    Step(Started{});
    Step(PageCame{{"10", "", {}}, 3});
    Step(Opened{});
  }
  std::string Event(std::string_view version, WatchEventType type = WatchEventType::kModified) {
    EventCame event;
    event.type = type;
    event.resource_version = version;
    return Step(event);
  }
  std::string Error(int code, std::string reason = {}) {
    EventCame event;
    event.type = WatchEventType::kError;
    event.error = {code, std::move(reason), "why", {}};
    return Step(event);
  }
  std::string Refuse(int code, std::optional<absl::Duration> after = {}, std::string reason = {}) {
    return Step(Refused{{code, std::move(reason), "why", {}}, after});
  }
  uint64_t relists(RelistReason reason) { return state_->relists()[static_cast<size_t>(reason)]; }

  std::optional<ReflectorState> state_;
  absl::Duration now_;
  absl::Duration wait_ = absl::ZeroDuration();
  std::set<std::string> timeouts_;
};

constexpr char kWatchFrom10[] = "fetch(watch=1&resourceVersion=10&allowWatchBookmarks=true)";
constexpr char kStream[] =
    "fetch(watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks="
    "true)";

// TestReflectorListAndWatch
TEST_F(ReflectorStateTest, ListsThenWatchesFromTheVersionOfTheList) {
  Make(false);
  EXPECT_EQ(Step(Started{}), "discard fetch(limit=500)");
  EXPECT_FALSE(state_->synced());
  EXPECT_EQ(Step(PageCame{{"10", "", {}}, 3}), Cat("stage commit ", kWatchFrom10));
  EXPECT_TRUE(state_->synced());
  EXPECT_EQ(Step(Opened{}), "");
  EXPECT_EQ(Event("11"), "apply");
  EXPECT_EQ(state_->version(), "11");
  EXPECT_EQ(relists(RelistReason::kInitial), 1u);
}

// TestReflectorListAndWatchWithErrors
TEST_F(ReflectorStateTest, AListThatFailsIsRepeatedWithGrowingDelays) {
  Make(false);
  Step(Started{});
  absl::Duration before = absl::ZeroDuration(), most = absl::ZeroDuration();
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(Step(Cut{absl::UnavailableError("refused")}), "hangup wait");
    EXPECT_LE(wait_, kSecond * 30);
    if (i > 0 && i < 4) {
      EXPECT_GE(wait_, before);
    }
    before = wait_;
    most = std::max(most, wait_);
    now_ += wait_;
    EXPECT_EQ(Step(WaitOver{}), "discard fetch(limit=500)");
  }
  EXPECT_GE(most, kSecond * 15);
  EXPECT_THAT(std::string(MessageOf(state_->error())),
              HasSubstr("list of ingresses.networking.k8s.io: refused"));
}

// TestReflectorListAndWatchInitConnBackoff: the first failures are retried soon.
TEST_F(ReflectorStateTest, TheFirstRetryComesWithinASecond) {
  Make(false);
  Step(Started{});
  Step(Cut{absl::UnavailableError("refused")});
  EXPECT_LE(wait_, absl::Milliseconds(800));
  EXPECT_GE(wait_, absl::Milliseconds(400));
}

// TestReflectorWatchListPageSize
TEST_F(ReflectorStateTest, PagesUntilThereIsNoContinueToken) {
  Make(false);
  Step(Started{});
  EXPECT_EQ(Step(PageCame{{"10", "C1", 4}, 500}), "stage fetch(limit=500&continue=C1)");
  EXPECT_EQ(Step(PageCame{{"10", "C2", 2}, 500}), "stage fetch(limit=500&continue=C2)");
  EXPECT_EQ(Step(PageCame{{"10", "", {}}, 4}), Cat("stage commit ", kWatchFrom10));
}

TEST_F(ReflectorStateTest, APageThatWasCutIsAskedForAgain) {
  Make(false);
  Step(Started{});
  Step(PageCame{{"10", "C1", 4}, 500});
  EXPECT_EQ(Step(Cut{absl::DataLossError("truncated")}), "hangup wait");
  EXPECT_EQ(Step(WaitOver{}), "fetch(limit=500&continue=C1)");
}

TEST_F(ReflectorStateTest, APageThatKeepsFailingLeadsBackToTheFirst) {
  Make(false);
  Step(Started{});
  Step(PageCame{{"10", "C1", 4}, 500});
  for (int i = 0; i < 2; ++i) Step(Cut{absl::DataLossError("x")}), Step(WaitOver{});
  Step(Cut{absl::DataLossError("x")});
  EXPECT_EQ(Step(WaitOver{}), "discard fetch(limit=500)");
}

// TestReflectorFullListIfExpired
TEST_F(ReflectorStateTest, AnExpiredContinueTokenLeadsToOneListWithoutPages) {
  Make(false);
  Step(Started{});
  Step(PageCame{{"10", "C1", 4}, 500});
  EXPECT_EQ(Refuse(410, {}, "Expired"), "hangup wait");
  EXPECT_EQ(Step(WaitOver{}), "discard fetch()");
  EXPECT_EQ(relists(RelistReason::kContinueExpired), 1u);
  EXPECT_EQ(Step(PageCame{{"12", "", {}}, 900}),
            "stage commit fetch(watch=1&resourceVersion=12&allowWatchBookmarks=true)");
  now_ += kSecond * 100;
  EXPECT_EQ(Error(410), "discard fetch(limit=500)");
}

// TestReflectorExpiredExactResourceVersion, TestReflectorRelistOnExpired…: 410 as an answer and
// inside the stream.
TEST_F(ReflectorStateTest, AnExpiredWatchListsAtOnce) {
  MakeWatching();
  now_ += kSecond * 60;
  EXPECT_EQ(Error(410, "Expired"), "discard fetch(limit=500)");
  EXPECT_EQ(relists(RelistReason::kExpired), 1u);
  MakeWatching();
  now_ += kSecond * 60;
  EXPECT_EQ(Refuse(410, {}, "Gone"), "discard fetch(limit=500)");
}

TEST_F(ReflectorStateTest, WatchesThatExpireAtOnceDoNotMakeListsSpin) {
  MakeWatching();
  absl::Duration began = now_;
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Error(410), "hangup wait");
    now_ += wait_;
    EXPECT_EQ(Step(WaitOver{}), "discard fetch(limit=500)");
    Step(PageCame{{"10", "", {}}, 3});
    Step(Opened{});
  }
  EXPECT_GT(now_ - began, kSecond * 150);
}

// TestReflectorWatchHandlerTooManyRequests / TestReflectorListAndWatch429: no list.
TEST_F(ReflectorStateTest, TooManyRequestsWaitsAsToldAndResumesTheWatch) {
  MakeWatching();
  Event("15");
  EXPECT_EQ(Refuse(429, kSecond * 17), "hangup wait");
  EXPECT_GE(wait_, kSecond * 17);
  EXPECT_EQ(Step(WaitOver{}), "fetch(watch=1&resourceVersion=15&allowWatchBookmarks=true)");
  EXPECT_EQ(Error(429, "TooManyRequests"), "hangup wait");
  EXPECT_EQ(Step(WaitOver{}), "fetch(watch=1&resourceVersion=15&allowWatchBookmarks=true)");
  EXPECT_TRUE(state_->synced());
}

TEST_F(ReflectorStateTest, AnAbsurdRetryAfterIsCapped) {
  MakeWatching();
  Refuse(503, absl::Hours(24));
  EXPECT_LE(wait_, absl::Minutes(5));
}

// TestReflectorHandleWatchStoppedBefore/After, TestBackoffOn…500: the watch is resumed, however
// often.
TEST_F(ReflectorStateTest, ServerErrorsOnTheWatchNeverList) {
  MakeWatching();
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(Refuse(500 + i % 5), "hangup wait");
    now_ += wait_;
    EXPECT_EQ(Step(WaitOver{}), kWatchFrom10);
  }
  EXPECT_EQ(relists(RelistReason::kUnresumable), 0u);
}

TEST_F(ReflectorStateTest, AWatchThatFailsWithoutProgressThreeTimesLists) {
  MakeWatching();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Step(Cut{absl::DataLossError("not JSON")}), "hangup wait");
    now_ += kSecond * 60;
    EXPECT_EQ(Step(WaitOver{}), kWatchFrom10);
  }
  EXPECT_EQ(Step(Cut{absl::DataLossError("not JSON")}), "discard fetch(limit=500)");
  EXPECT_EQ(relists(RelistReason::kUnresumable), 1u);
}

// TestReflectorWatchTimeout (a very short watch must not spin).
TEST_F(ReflectorStateTest, AWatchThatEndsAtOnceAgainAndAgainBacksOff) {
  MakeWatching();
  EXPECT_EQ(Step(Ended{}), "hangup wait");
  EXPECT_GT(wait_, absl::ZeroDuration());
  const absl::Duration first = wait_;
  now_ += wait_;
  Step(WaitOver{});
  Step(Opened{});
  EXPECT_EQ(Step(Ended{}), "hangup wait");
  EXPECT_GE(wait_, first);
}

TEST_F(ReflectorStateTest, EvenWatchesThatBringSomethingStartASecondApart) {
  MakeWatching();
  Event("11", WatchEventType::kBookmark);
  EXPECT_EQ(Step(Ended{}), "hangup wait");
  EXPECT_EQ(wait_, kSecond);
}

TEST_F(ReflectorStateTest, AWatchThatLivedIsReopenedAtOnce) {
  MakeWatching();
  now_ += kSecond * 400;
  EXPECT_EQ(Step(Ended{}), "hangup wait");
  EXPECT_EQ(wait_, absl::ZeroDuration());
  EXPECT_EQ(Step(WaitOver{}), kWatchFrom10);
}

TEST_F(ReflectorStateTest, SilenceOnAnOpenWatchReopensItWithoutAnError) {
  MakeWatching();
  now_ += kSecond * 90;
  EXPECT_EQ(Step(Cut{absl::DeadlineExceededError("silence")}), "hangup wait");
  EXPECT_EQ(wait_, absl::ZeroDuration());
  EXPECT_TRUE(state_->error().ok());
  EXPECT_EQ(Step(WaitOver{}), kWatchFrom10);
}

// TestReflectorWatchHandler… bookmark: "RV update on bookmark".
TEST_F(ReflectorStateTest, ABookmarkMovesTheVersionOnly) {
  MakeWatching();
  EXPECT_EQ(Event("99", WatchEventType::kBookmark), "");
  EXPECT_EQ(state_->version(), "99");
}

TEST_F(ReflectorStateTest, AWatchThatGoesBackInTimeLists) {
  MakeWatching();
  Event("20");
  now_ += kSecond * 60;
  EXPECT_EQ(Event("19"), "discard fetch(limit=500)");
  EXPECT_EQ(relists(RelistReason::kWentBack), 1u);
}

TEST_F(ReflectorStateTest, ARepeatedEventIsAppliedAgain) {
  MakeWatching();
  Event("20");
  EXPECT_EQ(Event("20"), "apply");
}

TEST_F(ReflectorStateTest, AnOlderListIsBelievedTheThirdTime) {
  MakeWatching();
  Event("20");
  now_ += kSecond * 60;
  Error(410);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Step(PageCame{{"12", "", {}}, 3}), "hangup wait");
    EXPECT_THAT(std::string(MessageOf(state_->error())), HasSubstr("older than 20"));
    EXPECT_EQ(Step(WaitOver{}), "discard fetch(limit=500)");
  }
  EXPECT_EQ(Step(PageCame{{"12", "", {}}, 3}),
            "stage commit fetch(watch=1&resourceVersion=12&allowWatchBookmarks=true)");
}

TEST_F(ReflectorStateTest, AListWithoutAVersionIsNoList) {
  Make(false);
  Step(Started{});
  EXPECT_EQ(Step(PageCame{{"", "", {}}, 3}), "hangup wait");
  EXPECT_FALSE(state_->synced());
}

TEST_F(ReflectorStateTest, ForbiddenNamesTheMissingRuleAndBlocks) {
  Make(true);
  Step(Started{});
  EXPECT_EQ(Refuse(403), "hangup wait");
  EXPECT_FALSE(state_->synced());
  EXPECT_TRUE(state_->forbidden());
  EXPECT_THAT(std::string(MessageOf(state_->error())),
              HasSubstr("cannot list ingresses.networking.k8s.io: forbidden; grant the verbs get, "
                        "list and watch"));
  EXPECT_EQ(Step(WaitOver{}), Cat("discard ", kStream, " wait"));
}

TEST_F(ReflectorStateTest, AKindThatIsNotServedIsEmptyAndComplete) {
  Make(false, true);
  Step(Started{});
  EXPECT_EQ(Refuse(404), "commit hangup wait");
  EXPECT_TRUE(state_->synced());
  EXPECT_TRUE(state_->absent());
  EXPECT_TRUE(state_->error().ok());
  EXPECT_GE(wait_, kSecond * 15);
  EXPECT_LE(wait_, kSecond * 31);
  EXPECT_EQ(Step(WaitOver{}), "discard fetch(limit=500)");
  EXPECT_EQ(Refuse(404), "hangup wait");
  Step(WaitOver{});
  EXPECT_EQ(Step(PageCame{{"10", "", {}}, 1}), Cat("stage commit ", kWatchFrom10));
  EXPECT_FALSE(state_->absent());
  EXPECT_EQ(relists(RelistReason::kReturned), 1u);
}

TEST_F(ReflectorStateTest, AKindWithRowsMustBeGoneThreeTimes) {
  Make(false, true);
  Step(Started{});
  Step(PageCame{{"10", "", {}}, 1});
  now_ += kSecond * 60;
  Error(410);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Refuse(404), "hangup wait");
    EXPECT_EQ(Step(WaitOver{}), "discard fetch(limit=500)");
  }
  EXPECT_EQ(Refuse(404), "commit hangup wait");
  EXPECT_TRUE(state_->absent());
}

TEST_F(ReflectorStateTest, ABuiltInKindThatIsNotServedBlocks) {
  Make(false);
  Step(Started{});
  EXPECT_EQ(Refuse(404), "hangup wait");
  EXPECT_FALSE(state_->synced());
  EXPECT_THAT(std::string(MessageOf(state_->error())),
              HasSubstr("does not serve networking.k8s.io/v1"));
}

// TestWatchList: "the reflector can sync with the initial-events-end bookmark".
TEST_F(ReflectorStateTest, AStreamedListBecomesTheWatch) {
  Make(true);
  EXPECT_EQ(Step(Started{}), Cat("discard ", kStream, " wait"));
  EXPECT_EQ(Step(Opened{}), "");
  EXPECT_EQ(Event("30", WatchEventType::kAdded), "stage");
  EXPECT_EQ(Event("7", WatchEventType::kAdded), "stage");
  EXPECT_EQ(Event("30", WatchEventType::kBookmark), "");
  EXPECT_FALSE(state_->synced());
  EventCame end;
  end.resource_version = "31";
  end.initial_events_end = true;
  EXPECT_EQ(Step(end), "commit");
  EXPECT_TRUE(state_->synced());
  EXPECT_EQ(Event("32"), "apply");
  EXPECT_EQ(Step(WaitOver{}), "");  // The alarm of the list.
  now_ += kSecond * 400;
  EXPECT_EQ(Step(Ended{}), "hangup wait");
  EXPECT_EQ(Step(WaitOver{}), "fetch(watch=1&resourceVersion=32&allowWatchBookmarks=true)");
}

// TestWatchList: "fallback to standard list when not supported".
TEST_F(ReflectorStateTest, AServerThatRefusesStreamingIsListedInPagesForGood) {
  for (int code : {400, 422}) {
    Make(true);
    Step(Started{});
    EXPECT_EQ(Refuse(code), "hangup discard fetch(limit=500)");
    Step(PageCame{{"10", "", {}}, 3});
    now_ += kSecond * 60;
    EXPECT_EQ(Error(410), "discard fetch(limit=500)");
  }
}

TEST_F(ReflectorStateTest, AServerThatIgnoresStreamingIsFoundOutBySilence) {
  Make(true);
  Step(Started{});
  now_ += kSecond * 4;
  Event("5", WatchEventType::kAdded);
  now_ += kSecond * 6;
  EXPECT_EQ(Step(WaitOver{}), "wait");
  EXPECT_EQ(wait_, kSecond * 4);
  now_ += wait_;
  EXPECT_EQ(Step(WaitOver{}), "hangup discard fetch(limit=500)");
}

TEST_F(ReflectorStateTest, AServerThatIgnoresStreamingAndIsNeverSilentIsFoundOutToo) {
  Make(true);
  Step(Started{});
  std::string last = "wait";
  for (int i = 0; i < 200 && last == "wait"; ++i) {
    now_ += kSecond;
    Event(Cat(i + 5), WatchEventType::kModified);
    last = Step(WaitOver{});
  }
  EXPECT_EQ(last, "hangup discard fetch(limit=500)");
  EXPECT_FALSE(state_->synced());
}

// TestWatchList: "429 while streaming is retried".
TEST_F(ReflectorStateTest, AStreamedListThatIsCutOrPutOffStartsAgain) {
  Make(true);
  Step(Started{});
  Event("5", WatchEventType::kAdded);
  EXPECT_EQ(Refuse(429, kSecond * 3), "hangup wait");
  EXPECT_EQ(Step(WaitOver{}), Cat("discard ", kStream, " wait"));
  Event("5", WatchEventType::kAdded);
  EXPECT_EQ(Step(Ended{}), "hangup wait");
  EXPECT_EQ(Step(WaitOver{}), Cat("discard ", kStream, " wait"));
}

TEST_F(ReflectorStateTest, TimeoutsOfWatchesDiffer) {
  MakeWatching();
  for (int i = 0; i < 10; ++i) {
    now_ += kSecond * 400;
    Step(Ended{});
    Step(WaitOver{});
  }
  EXPECT_GT(timeouts_.size(), 3u);
  for (const std::string& timeout : timeouts_)
    EXPECT_THAT(timeout, MatchesRegex("[3-6][0-9][0-9]"));
}

TEST_F(ReflectorStateTest, ALongWatchForgivesEarlierFailures) {
  MakeWatching();
  for (int i = 0; i < 10; ++i) Refuse(503), Step(WaitOver{});
  Step(Opened{});
  now_ += kSecond * 60;
  Refuse(503);
  EXPECT_LE(wait_, absl::Milliseconds(800));
}

// Whatever comes in whatever order: nothing breaks, at most one request is asked for, and something
// is always under way, so that no input leaves the reflector stuck.
TEST_F(ReflectorStateTest, NoSequenceOfInputsLeavesItStuck) {
  for (uint64_t seed = 1; seed < 300; ++seed) {
    Make(seed % 2 == 0, seed % 3 == 0);
    uint64_t x = seed;
    const auto random = [&x](uint64_t below) {
      x = x * 6364136223846793005u + 1442695040888963407u;
      return (x >> 33) % below;
    };
    Step(Started{});
    bool fetching = true, waiting = false;
    for (int i = 0; i < 200; ++i) {
      now_ += absl::Milliseconds(random(20000));
      std::string text;
      const std::string version = Cat(random(50) + 1);
      static constexpr int kCodes[] = {400, 401, 403, 404, 410, 422, 429, 500, 504};
      const int code = kCodes[random(9)];
      if (!fetching || (waiting && random(4) == 0)) {
        waiting = false;
        text = Step(WaitOver{});
      } else if (!state_->request().watch) {
        const uint64_t what = random(3);
        text = what == 0   ? Step(PageCame{{version, random(2) ? "C" : "", {}}, random(3)})
               : what == 1 ? Refuse(code)
                           : Step(Cut{absl::UnavailableError("x")});
      } else {
        const uint64_t what = random(6);
        EventCame end;
        end.resource_version = version;
        end.initial_events_end = true;
        text = what == 0   ? Event(version)
               : what == 1 ? Step(end)
               : what == 2 ? Error(code)
               : what == 3 ? Refuse(code)
               : what == 4 ? Step(Ended{})
                           : Step(Cut{absl::DeadlineExceededError("x")});
      }
      if (text.find("hangup") != std::string::npos) fetching = false, waiting = false;
      if (text.find("fetch") != std::string::npos) fetching = true, waiting = false;
      if (text.find("wait") != std::string::npos) waiting = true;
      ASSERT_TRUE(fetching || waiting) << seed << ": " << text;
    }
  }
}

}  // namespace
}  // namespace k8s
