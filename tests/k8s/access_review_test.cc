#include "k8s/access_review.h"

#include <optional>
#include <string>
#include <vector>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/k8s/fake_world.h"

namespace k8s {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kKnown =
    R"({"status":{"authenticated":true,"user":{"username":"prom","uid":"7","groups":["a","b"],)"
    R"("extra":{"scopes":["x"]}}}})";
constexpr std::string_view kAllowed = R"({"status":{"allowed":true}})";

class AccessReviewTest : public ::testing::Test {
 protected:
  void Ask(std::string_view token = "t0ken") {
    reviewer_.MayGet(token, "/metrics",
                     [this](const absl::Status& verdict) { verdicts_.push_back(verdict); });
  }
  const absl::Status& last() { return verdicts_.back(); }
  std::string message() { return std::string(engine::MessageOf(last())); }

  FakeClock clock_;
  FakeHttp http_;
  ApiClient api_{http_, clock_, {}, "kdelta/1"};
  AccessReviewer reviewer_{api_, clock_};
  std::vector<absl::Status> verdicts_;
};

TEST_F(AccessReviewTest, AsksWhoItIsAndWhetherItMay) {
  Ask();
  EXPECT_EQ(http_.last().request.target, "/apis/authentication.k8s.io/v1/tokenreviews");
  EXPECT_THAT(*http_.last().request.body, HasSubstr(R"("spec":{"token":"t0ken"})"));
  http_.last().Answer(201, kKnown);
  EXPECT_EQ(http_.last().request.target, "/apis/authorization.k8s.io/v1/subjectaccessreviews");
  EXPECT_EQ(*http_.last().request.body,
            R"({"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":)"
            R"({"extra":{"scopes":["x"]},"groups":["a","b"],"nonResourceAttributes":)"
            R"({"path":"/metrics","verb":"get"},"uid":"7","user":"prom"}})");
  EXPECT_TRUE(verdicts_.empty());
  http_.last().Answer(201, kAllowed);
  EXPECT_THAT(verdicts_, ElementsAre(absl::OkStatus()));
}

TEST_F(AccessReviewTest, AVerdictIsKeptForAMinuteAndARefusalForTenSeconds) {
  Ask();
  http_.last().Answer(201, kKnown);
  http_.last().Answer(201, kAllowed);
  clock_.Advance(absl::Seconds(59));
  Ask();
  EXPECT_EQ(http_.all.size(), 2u);
  EXPECT_TRUE(last().ok());
  clock_.Advance(absl::Seconds(2));
  Ask();
  ASSERT_EQ(http_.all.size(), 3u);
  http_.last().Answer(201, R"({"status":{"authenticated":false,"error":"expired"}})");
  EXPECT_TRUE(absl::IsUnauthenticated(last()));
  clock_.Advance(absl::Seconds(9));
  Ask();
  EXPECT_EQ(http_.all.size(), 3u);
  clock_.Advance(absl::Seconds(2));
  Ask();
  EXPECT_EQ(http_.all.size(), 4u);
}

TEST_F(AccessReviewTest, SaysWhyNot) {
  struct Case {
    std::vector<std::pair<int, std::string>> answers;
    absl::StatusCode code;
    std::string says;
  };
  const Case cases[] = {
      {{{201, std::string(kKnown)}, {201, R"({"status":{"allowed":false}})"}},
       absl::StatusCode::kPermissionDenied,
       "lets this user not get /metrics"},
      {{{201, std::string(kKnown)}, {201, R"({"status":{"allowed":true,"denied":true}})"}},
       absl::StatusCode::kPermissionDenied,
       "lets this user not get /metrics"},
      {{{403, ""}}, absl::StatusCode::kUnavailable, "create on tokenreviews"},
      {{{201, std::string(kKnown)}, {403, ""}},
       absl::StatusCode::kUnavailable,
       "create on subjectaccessreviews"},
      {{{500, R"({"message":"etcd is away"})"}}, absl::StatusCode::kUnavailable, "etcd is away"},
      {{{201, "{"}}, absl::StatusCode::kUnavailable, ""},
      {{{201, "[]"}}, absl::StatusCode::kUnavailable, ""},
  };
  int token = 0;
  for (const Case& one : cases) {
    Ask(engine::Cat("secret-", ++token));
    for (const auto& [status, body] : one.answers) http_.last().Answer(status, body);
    ASSERT_EQ(verdicts_.size(), static_cast<size_t>(token));
    EXPECT_EQ(last().code(), one.code) << message();
    EXPECT_THAT(message(), HasSubstr(one.says));
    EXPECT_THAT(message(), Not(HasSubstr("secret-")));
  }
}

TEST_F(AccessReviewTest, WithoutATokenNobodyIsAsked) {
  Ask("");
  EXPECT_TRUE(absl::IsUnauthenticated(last()));
  EXPECT_TRUE(http_.all.empty());
}

TEST_F(AccessReviewTest, WhatNobodyCouldSayIsAskedAgain) {
  Ask();
  http_.last().Done(absl::UnavailableError("connection refused"));
  EXPECT_THAT(message(), HasSubstr("connection refused"));
  Ask();
  EXPECT_EQ(http_.all.size(), 2u);
}

TEST_F(AccessReviewTest, AFloodOfTokensWaits) {
  for (int n = 0; n < 16; ++n) Ask(engine::Cat("t", n));
  EXPECT_TRUE(verdicts_.empty());
  Ask("one more");
  EXPECT_TRUE(absl::IsUnavailable(last()));
  EXPECT_EQ(http_.all.size(), 16u);
}

}  // namespace
}  // namespace k8s
