#include "kong/pages.h"

#include <memory>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/k8s/fake_world.h"

namespace kong {
namespace {

using ::testing::HasSubstr;

struct Said {
  int status = 0;
  std::string body;
};

class Responder final : public io::HttpResponder {
 public:
  explicit Responder(Said& said) : said_(said) {}
  void Respond(int status, io::Headers, std::string body) override {
    said_ = {status, std::move(body)};
  }
  void Begin(int, io::Headers) override {}
  void Write(std::string) override {}
  void End() override {}
  void Abort() override {}
  size_t queued_bytes() const override { return 0; }
  void OnClosed(absl::AnyInvocable<void()>) override {}

 private:
  Said& said_;
};

class ReviewedPageTest : public ::testing::Test {
 protected:
  void Get(std::string_view authorization) {
    io::HttpServerRequest request{.method = "GET", .path = "/metrics"};
    if (!authorization.empty()) request.headers.Add("authorization", std::string(authorization));
    page_(std::move(request), std::make_unique<Responder>(said_));
  }

  Said said_;
  k8s::FakeClock clock_;
  k8s::FakeHttp http_;
  k8s::ApiClient api_{http_, clock_, {}, "kdelta/1"};
  k8s::AccessReviewer reviewer_{api_, clock_};
  io::HttpServer::Handler page_ = Reviewed(
      reviewer_, [](io::HttpServerRequest request, std::unique_ptr<io::HttpResponder> responder) {
        responder->Respond(200, {}, "the page " + request.path);
      });
};

TEST_F(ReviewedPageTest, IsForThoseWhomTheClusterLets) {
  Get("bearer t0ken");
  EXPECT_EQ(said_.status, 0);
  http_.last().Answer(201, R"({"status":{"authenticated":true,"user":{"username":"prom"}}})");
  http_.last().Answer(201, R"({"status":{"allowed":true}})");
  EXPECT_EQ(said_.status, 200);
  EXPECT_EQ(said_.body, "the page /metrics");
}

TEST_F(ReviewedPageTest, SaysToTheOthersWhyNot) {
  for (std::string_view header : {"", "Basic dDBrZW4=", "Bearer ", "Bearer"}) {
    Get(header);
    EXPECT_EQ(said_.status, 401) << header;
  }
  EXPECT_TRUE(http_.all.empty());
  Get("Bearer t0ken");
  http_.last().Answer(201, R"({"status":{"authenticated":true,"user":{"username":"prom"}}})");
  http_.last().Answer(201, R"({"status":{"allowed":false}})");
  EXPECT_EQ(said_.status, 403);
  Get("Bearer other");
  http_.last().Answer(403, "");
  EXPECT_EQ(said_.status, 503);
  EXPECT_THAT(said_.body, HasSubstr("create on tokenreviews"));
}

}  // namespace
}  // namespace kong
