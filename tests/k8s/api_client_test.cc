#include "k8s/api_client.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "k8s/ingress.h"
#include "k8s/secret.h"
#include "tests/k8s/fake_world.h"

namespace k8s {
namespace {

using ::testing::HasSubstr;

io::HttpCallbacks Ignore(absl::Status* done = nullptr) {
  return {[](const io::HttpHead&) {}, [](std::string_view) {},
          [done](absl::Status status) {
            if (done) *done = status;
          }};
}

TEST(ApiClientTest, EncodesPathsAndQueries) {
  EXPECT_EQ(
      ApiClient::Target(
          {Ingress::kType, "", "", {{"limit", "500"}, {"continue", "a+b/c=="}}, false, false}),
      "/apis/networking.k8s.io/v1/ingresses?limit=500&continue=a%2Bb%2Fc%3D%3D");
  EXPECT_EQ(ApiClient::Target({Secret::kType, "shop", "a/../b", {}, false, false}),
            "/api/v1/namespaces/shop/secrets/a%2F..%2Fb");
}

TEST(ApiClientTest, AsksForPlainJsonAsSomebody) {
  FakeClock clock;
  FakeHttp http;
  ApiClient api(http, clock, {"t0ken", ""}, "kdelta/1");
  auto call = api.Get({Ingress::kType, "", "", {}, false, false}, {}, Ignore());
  const io::Headers& headers = http.last().request.headers;
  EXPECT_EQ(headers.Find("accept"), "application/json");
  EXPECT_EQ(headers.Find("accept-encoding"), "identity");
  EXPECT_EQ(headers.Find("user-agent"), "kdelta/1");
  EXPECT_EQ(headers.Find("authorization"), "Bearer t0ken");
}

TEST(ApiClientTest, MetadataOnlyNamesAListOrObjects) {
  FakeClock clock;
  FakeHttp http;
  ApiClient api(http, clock, {}, "kdelta/1");
  auto list = api.Get({Secret::kType, "", "", {}, true, false}, {}, Ignore());
  EXPECT_EQ(http.last().request.headers.Find("accept"),
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
  EXPECT_EQ(http.last().request.headers.Find("authorization"), "");
  auto watch = api.Get({Secret::kType, "", "", {}, true, true}, {}, Ignore());
  EXPECT_EQ(http.last().request.headers.Find("accept"),
            "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
}

class TokenFileTest : public ::testing::Test {
 protected:
  void Write(std::string_view text) { std::ofstream(path_, std::ios::trunc) << text; }
  std::string Authorization() {
    call_ = api_.Get({Ingress::kType, "", "", {}, false, false}, {}, Ignore(&done_));
    return http_.all.empty() ? "" : std::string(http_.last().request.headers.Find("authorization"));
  }
  const std::string path_ = ::testing::TempDir() + "/token_" +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name();
  FakeClock clock_;
  FakeHttp http_;
  ApiClient api_{http_, clock_, {"", path_}, "kdelta/1"};
  absl::Status done_;
  std::unique_ptr<io::HttpCall> call_;
};

TEST_F(TokenFileTest, IsReadAgainWhenItRotates) {
  Write("one\n");
  EXPECT_EQ(Authorization(), "Bearer one");
  Write("two\n");
  EXPECT_EQ(Authorization(), "Bearer one");
  clock_.Advance(absl::Seconds(11));
  EXPECT_EQ(Authorization(), "Bearer two");
}

TEST_F(TokenFileTest, ThatVanishesForAMomentKeepsTheTokenWeHave) {
  Write("one");
  Authorization();
  std::filesystem::remove(path_);
  clock_.Advance(absl::Seconds(11));
  EXPECT_EQ(Authorization(), "Bearer one");
}

TEST_F(TokenFileTest, ThatNeverWasIsAnErrorOfTheRequest) {
  std::filesystem::remove(path_);
  Authorization();
  EXPECT_TRUE(http_.all.empty());
  EXPECT_TRUE(done_.ok());
  clock_.Advance(absl::ZeroDuration());
  EXPECT_THAT(std::string(engine::MessageOf(done_)), HasSubstr(path_));
}

TEST(ApiClientTest, WritesObjectsAndFields) {
  FakeClock clock;
  FakeHttp http;
  ApiClient api(http, clock, {"t0ken", ""}, "kdelta/1");
  auto create = api.Create({Secret::kType, "shop", "", {}, false, false}, "{1}", {}, Ignore());
  EXPECT_EQ(http.last().request.method, "POST");
  EXPECT_EQ(http.last().request.target, "/api/v1/namespaces/shop/secrets");
  EXPECT_EQ(http.last().request.headers.Find("content-type"), "application/json");
  EXPECT_EQ(http.last().request.headers.Find("authorization"), "Bearer t0ken");
  EXPECT_EQ(*http.last().request.body, "{1}");
  auto patch = api.MergePatch({Secret::kType, "shop", "a", {}, false, false}, "{2}", {}, Ignore());
  EXPECT_EQ(http.last().request.method, "PATCH");
  EXPECT_EQ(http.last().request.target, "/api/v1/namespaces/shop/secrets/a");
  EXPECT_EQ(http.last().request.headers.Find("content-type"), "application/merge-patch+json");
  EXPECT_EQ(*http.last().request.body, "{2}");
}

}  // namespace
}  // namespace k8s
