#include "k8s/reflector.h"

#include <string>
#include <vector>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "k8s/service.h"
#include "tests/k8s/fake_world.h"

namespace k8s {
namespace {

using engine::Cat;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Object(std::string_view name, int version) {
  return Cat(R"({"metadata":{"namespace":"shop","name":")", name, R"(","resourceVersion":")",
             version, R"("}})");
}
std::string Event(std::string_view type, std::string_view object) {
  return Cat(R"({"type":")", type, R"(","object":)", object, "}\n");
}
std::string List(int version, std::string_view items, std::string_view token = "") {
  return Cat(R"({"metadata":{"resourceVersion":")", version, R"(","continue":")", token,
             R"("},"items":[)", items, "]}");
}

class ReflectorTest : public ::testing::Test {
 protected:
  void Start(bool streaming = false) {
    ReflectorScope scope;
    scope.plan.type = Service::kType;
    scope.plan.streaming = streaming;
    scope.label_selector = "a=b";
    Changes<Service> changes;
    changes.replace = [this](std::vector<Service> rows) {
      std::string text = "=";
      for (const Service& row : rows)
        text += Cat(' ', row.meta.name(), row.meta.generation ? Cat(':', row.meta.generation) : "");
      said_.push_back(text);
    };
    changes.set = [this](Service row) { said_.push_back(Cat("+ ", row.meta.name())); };
    changes.erase = [this](const NamespacedName& key) { said_.push_back(Cat("- ", key)); };
    changes.bad = [this](const BadObject& bad) {
      said_.push_back(Cat("! ", engine::MessageOf(bad.why)));
    };
    changes.changed = [this] { ++changed_; };
    reflector_.emplace(api_, clock_, scope, ParseOptions{}, std::move(changes));
    reflector_->Start();
  }
  std::vector<std::string> Said() { return std::exchange(said_, {}); }
  std::string Target() { return http_.last().request.target; }

  FakeClock clock_;
  FakeHttp http_;
  ApiClient api_{http_, clock_, {}, "kdelta/1"};
  std::vector<std::string> said_;
  int changed_ = 0;
  std::optional<Reflector<Service>> reflector_;
};

TEST_F(ReflectorTest, ListsPagesAndThenWatches) {
  Start();
  EXPECT_EQ(Target(), "/api/v1/services?limit=500&labelSelector=a%3Db");
  http_.last().Answer(200, List(10, Object("a", 3), "T"));
  EXPECT_THAT(Said(), IsEmpty());
  EXPECT_EQ(Target(), "/api/v1/services?limit=500&continue=T&labelSelector=a%3Db");
  http_.last().Answer(200, List(10, Object("b", 4)));
  EXPECT_THAT(Said(), ElementsAre("= a b"));
  EXPECT_TRUE(reflector_->state().synced());
  EXPECT_EQ(changed_, 1);
  EXPECT_THAT(Target(),
              HasSubstr("watch=1&resourceVersion=10&allowWatchBookmarks=true&timeoutSeconds="));
  EXPECT_EQ(http_.open(), 1u);
}

TEST_F(ReflectorTest, AppliesEventsHoweverTheNetworkCutsThem) {
  Start();
  http_.last().Answer(200, List(10, ""));
  Said();
  const std::string events = Event("ADDED", Object("a", 11)) + Event("MODIFIED", Object("a", 12)) +
                             Event("DELETED", Object("a", 13));
  http_.last().Head(200);
  for (char c : events) http_.last().Body({&c, 1});
  EXPECT_THAT(Said(), ElementsAre("+ a", "+ a", "- shop/a"));
  EXPECT_EQ(reflector_->state().version(), "13");
}

TEST_F(ReflectorTest, ResumesAfterATruncatedEventFromTheLastWholeOne) {
  Start();
  http_.last().Answer(200, List(10, ""));
  http_.last().Head(200);
  http_.last().Body(Event("ADDED", Object("a", 11)));
  http_.last().Body(R"({"type":"ADDED","obj)");
  http_.last().Done();
  EXPECT_FALSE(reflector_->state().error().ok());
  clock_.Advance(absl::Seconds(30));
  EXPECT_THAT(Target(), HasSubstr("resourceVersion=11&"));
  http_.last().Head(200);
  EXPECT_TRUE(reflector_->state().error().ok());
}

TEST_F(ReflectorTest, ABadPageChangesNothing) {
  Start();
  http_.last().Answer(200, R"({"metadata":{"resourceVersion":"1"},"items":[{"metadata")");
  clock_.Advance(absl::Seconds(30));
  EXPECT_THAT(Said(), IsEmpty());
  http_.last().Answer(200, "<html>");
  clock_.Advance(absl::Seconds(30));
  http_.last().Answer(200, List(10, Object("a", 3)));
  EXPECT_THAT(Said(), ElementsAre("= a"));
}

TEST_F(ReflectorTest, ABadObjectIsToldAndCountsAsNotThere) {
  Start();
  http_.last().Answer(
      200,
      List(10, Cat(Object("a", 3), R"(,{"metadata":{"name":"b","namespace":"shop"},"spec":7})")));
  EXPECT_THAT(Said(), ElementsAre("! shop/b: spec: expected an object", "= a"));
  http_.last().Head(200);
  http_.last().Body(Event(
      "MODIFIED",
      R"({"metadata":{"name":"a","namespace":"shop","resourceVersion":"11"},"spec":{"ports":7}})"));
  EXPECT_THAT(Said(), ElementsAre("! shop/a: spec.ports: expected an array", "- shop/a"));
  EXPECT_EQ(reflector_->state().version(), "11");
}

TEST_F(ReflectorTest, ExpiryInsideTheStreamListsAgainAndDropsTheRestOfThePiece) {
  Start();
  http_.last().Answer(200, List(10, Object("a", 3)));
  Said();
  clock_.Advance(absl::Seconds(60));
  http_.last().Head(200);
  http_.last().Body(Event("ERROR", R"({"kind":"Status","code":410,"reason":"Expired"})") +
                    Event("ADDED", Object("ghost", 99)));
  EXPECT_THAT(Said(), IsEmpty());
  EXPECT_THAT(Target(), HasSubstr("limit=500"));
  http_.last().Answer(200, List(20, Object("b", 18)));
  EXPECT_THAT(Said(), ElementsAre("= b"));
}

TEST_F(ReflectorTest, RetryAfterIsObserved) {
  Start();
  io::Headers headers;
  headers.Add("Retry-After", "40");
  http_.last().Answer(429, "slow down", headers);
  const size_t before = http_.all.size();
  clock_.Advance(absl::Seconds(39));
  EXPECT_EQ(http_.all.size(), before);
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(http_.all.size(), before + 1);
}

TEST_F(ReflectorTest, AStreamedListIsCommittedAtItsEndWithTheLatestNewsOfEachKey) {
  Start(true);
  EXPECT_THAT(Target(), HasSubstr("sendInitialEvents=true&resourceVersionMatch=NotOlderThan"));
  http_.last().Head(200);
  http_.last().Body(Event("ADDED", Object("a", 1)) + Event("ADDED", Object("b", 2)) +
                    Event("ADDED", Object("c", 3)));
  http_.last().Body(
      Event("MODIFIED", R"({"metadata":{"name":"b","namespace":"shop","generation":2}})"));
  http_.last().Body(Event("DELETED", Object("a", 9)));
  EXPECT_THAT(Said(), IsEmpty());
  http_.last().Body(Event(
      "BOOKMARK",
      R"({"metadata":{"resourceVersion":"12","annotations":{"k8s.io/initial-events-end":"true"}}})"));
  EXPECT_THAT(Said(), ElementsAre("= c b:2"));
  http_.last().Body(Event("ADDED", Object("d", 13)));
  EXPECT_THAT(Said(), ElementsAre("+ d"));
  EXPECT_EQ(http_.all.size(), 1u);
}

TEST_F(ReflectorTest, SilenceIsANewWatchAndNoNewList) {
  Start();
  http_.last().Answer(200, List(10, ""));
  EXPECT_EQ(http_.last().deadlines.idle, absl::Seconds(90));
  http_.last().Head(200);
  clock_.Advance(absl::Seconds(90));
  http_.last().Done(absl::DeadlineExceededError("silence"));
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(Target(), HasSubstr("resourceVersion=10"));
  EXPECT_EQ(http_.all.size(), 3u);
}

TEST_F(ReflectorTest, DestroyingItEndsEverything) {
  Start();
  http_.last().Answer(200, List(10, ""));
  reflector_.reset();
  EXPECT_EQ(http_.open(), 0u);
  EXPECT_EQ(clock_.pending(), 0u);
}

}  // namespace
}  // namespace k8s
