#include "k8s/secret_fetcher.h"

#include <string>
#include <vector>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/k8s/fake_world.h"

namespace k8s {
namespace {

using engine::Cat;
using engine::Symbol;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

NamespacedName Key(std::string_view name) { return {Symbol("shop"), Symbol(name)}; }

class SecretFetcherTest : public ::testing::Test {
 protected:
  SecretFetcherTest()
      : fetcher_(api_, clock_, {.flights_max = 2}, {},
                 {[this](Secret secret) {
                    said_.push_back(Cat("found ", secret.key(), '=', *secret.Find("k")));
                  },
                  [this](const NamespacedName& key) { said_.push_back(Cat("missing ", key)); },
                  [this](const NamespacedName& key, const absl::Status& why) {
                    said_.push_back(Cat("failed ", key, ": ", engine::MessageOf(why)));
                  }}) {}
  void Run() { clock_.Advance(absl::ZeroDuration()); }
  // Answers the oldest open request.
  void Answer(int status, std::string_view body) {
    Run();
    for (const auto& each : http_.all) {
      if (each->open) return each->Answer(status, body);
    }
    FAIL() << "no request is open";
  }
  void AnswerWith(std::string_view name, int version, std::string_view base64 = "dg==") {
    Answer(200, Cat(R"({"metadata":{"namespace":"shop","name":")", name, R"(","resourceVersion":")",
                    version, R"("},"data":{"k":")", base64, R"("}})"));
  }
  std::vector<std::string> Said() { return std::exchange(said_, {}); }

  FakeClock clock_;
  FakeHttp http_;
  ApiClient api_{http_, clock_, {}, "kdelta/1"};
  std::vector<std::string> said_;
  SecretFetcher fetcher_;
};

TEST_F(SecretFetcherTest, FetchesWhatIsWantedOnce) {
  fetcher_.Want(Key("a"));
  fetcher_.Want(Key("a"));
  EXPECT_EQ(fetcher_.unanswered(), 1u);
  AnswerWith("a", 5);
  EXPECT_THAT(Said(), ElementsAre("found shop/a=v"));
  EXPECT_EQ(http_.last().request.target, "/api/v1/namespaces/shop/secrets/a");
  EXPECT_EQ(fetcher_.unanswered(), 0u);
  fetcher_.Seen(Key("a"), "5");
  fetcher_.Seen(Key("other"), "9");
  Run();
  EXPECT_EQ(http_.all.size(), 1u);
}

TEST_F(SecretFetcherTest, NothingIsSaidBeforeTheAnswer) {
  fetcher_.Want(Key("a"));
  Run();
  EXPECT_THAT(Said(), IsEmpty());
  EXPECT_EQ(fetcher_.unanswered(), 1u);
  Answer(404, "{}");
  EXPECT_THAT(Said(), ElementsAre("missing shop/a"));
}

TEST_F(SecretFetcherTest, FetchesAgainWhenTheVersionMoves) {
  fetcher_.Want(Key("a"));
  AnswerWith("a", 5);
  Said();
  fetcher_.Seen(Key("a"), "7");
  AnswerWith("a", 7, "dw==");
  EXPECT_THAT(Said(), ElementsAre("found shop/a=w"));
}

TEST_F(SecretFetcherTest, OldNewsOfTheWatchIsPassedOver) {
  fetcher_.Want(Key("a"));
  AnswerWith("a", 12);
  fetcher_.Seen(Key("a"), "9");
  fetcher_.Seen(Key("a"), "12");
  Run();
  EXPECT_EQ(http_.all.size(), 1u);
}

TEST_F(SecretFetcherTest, AMissingSecretIsFetchedWhenItAppears) {
  fetcher_.Want(Key("a"));
  Answer(404, "{}");
  fetcher_.Seen(Key("a"), "3");
  AnswerWith("a", 3);
  EXPECT_THAT(Said(), ElementsAre("missing shop/a", "found shop/a=v"));
  fetcher_.Gone(Key("a"));
  fetcher_.Gone(Key("a"));
  EXPECT_THAT(Said(), ElementsAre("missing shop/a"));
  fetcher_.Seen(Key("a"), "3");
  AnswerWith("a", 3);
  EXPECT_THAT(Said(), ElementsAre("found shop/a=v"));
}

TEST_F(SecretFetcherTest, WhatChangesInFlightIsFetchedAgainAndTheOldAnswerIsNotTold) {
  fetcher_.Want(Key("a"));
  Run();
  fetcher_.Seen(Key("a"), "8");
  AnswerWith("a", 7);
  EXPECT_THAT(Said(), IsEmpty());
  AnswerWith("a", 8, "dw==");
  EXPECT_THAT(Said(), ElementsAre("found shop/a=w"));
  fetcher_.Seen(Key("a"), "9");
  Run();
  fetcher_.Gone(Key("a"));
  AnswerWith("a", 9);
  Answer(404, "");
  EXPECT_THAT(Said(), ElementsAre("missing shop/a"));
}

TEST_F(SecretFetcherTest, AtMostSoManyFly) {
  for (std::string_view name : {"a", "b", "c", "d"}) fetcher_.Want(Key(name));
  Run();
  EXPECT_EQ(http_.open(), 2u);
  fetcher_.Unwant(Key("a"));
  EXPECT_EQ(http_.open(), 1u);
  Run();
  EXPECT_EQ(http_.open(), 2u);
  AnswerWith("b", 1);
  AnswerWith("c", 1);
  AnswerWith("d", 1);
  Run();
  EXPECT_THAT(Said(), ElementsAre("found shop/b=v", "found shop/c=v", "found shop/d=v"));
  EXPECT_EQ(fetcher_.flying(), 0u);
  EXPECT_EQ(fetcher_.wanted(), 3u);
}

TEST_F(SecretFetcherTest, FailuresAreToldAndRetriedMoreAndMoreRarely) {
  fetcher_.Want(Key("a"));
  Answer(403, R"({"kind":"Status","message":"forbidden to you","reason":"Forbidden","code":403})");
  auto said = Said();
  ASSERT_EQ(said.size(), 1u);
  EXPECT_THAT(
      said[0],
      HasSubstr(
          "failed shop/a: secret shop/a: HTTP status 403: forbidden to you; grant the verb get"));
  EXPECT_EQ(fetcher_.unanswered(), 1u);
  int tries = 0;
  for (int second = 0; second < 600; ++second) {
    clock_.Advance(absl::Seconds(1));
    if (http_.open() == 0) continue;
    ++tries;
    Answer(503, "");
  }
  EXPECT_GT(tries, 10);
  EXPECT_LT(tries, 40);
  clock_.Advance(absl::Seconds(60));
  Said();
  AnswerWith("a", 5);
  EXPECT_THAT(Said(), ElementsAre("found shop/a=v"));
}

TEST_F(SecretFetcherTest, ATruncatedAnswerIsRetriedAndABadSecretIsNot) {
  fetcher_.Want(Key("a"));
  Answer(200, R"({"metadata":{"name)");
  EXPECT_EQ(Said().size(), 1u);
  clock_.Advance(absl::Seconds(2));
  Answer(
      200,
      R"({"metadata":{"namespace":"shop","name":"a","resourceVersion":"5"},"data":{"k":"canary!"}})");
  EXPECT_THAT(Said(), ElementsAre("failed shop/a: shop/a: data.k: expected base64"));
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(http_.open(), 0u);
  fetcher_.Seen(Key("a"), "6");
  AnswerWith("a", 6);
  EXPECT_THAT(Said(), ElementsAre("found shop/a=v"));
}

TEST_F(SecretFetcherTest, UnwantedInFlightOrWaitingSaysNothingMore) {
  fetcher_.Want(Key("a"));
  Run();
  fetcher_.Unwant(Key("a"));
  EXPECT_EQ(http_.open(), 0u);
  fetcher_.Want(Key("b"));
  Answer(500, "");
  Said();
  fetcher_.Unwant(Key("b"));
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Said(), IsEmpty());
  EXPECT_EQ(clock_.pending(), 0u);
  EXPECT_EQ(fetcher_.unanswered(), 0u);
}

}  // namespace
}  // namespace k8s
