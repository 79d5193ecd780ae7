// The simulators behind io::HttpServer, asked over loopback by io::HttpClient: that the adapters
// carry answers, streams and cuts as the state machines mean them.

#include <chrono>
#include <functional>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/http_client.h"
#include "io/loop.h"
#include "tools/simulators/api_server.h"
#include "tools/simulators/kong_gateway.h"

namespace simulators {
namespace {

using engine::Cat;

class ServersTest : public testing::Test {
 protected:
  std::unique_ptr<io::HttpClient> ClientOf(const std::string& url) {
    auto origin = io::Url::Parse(url);
    EXPECT_TRUE(origin.ok());
    return io::NewHttpClient(loop_, {*origin, nullptr, absl::Seconds(30)});
  }

  // Runs the loop until one whole exchange is over.
  absl::StatusOr<io::HttpResponse> Fetch(io::HttpClient& client, io::HttpRequest request) {
    absl::StatusOr<io::HttpResponse> result = absl::UnknownError("no answer");
    auto call = io::FetchWhole(client, std::move(request), {}, 1 << 20,
                               [&](absl::StatusOr<io::HttpResponse> response) {
                                 result = std::move(response);
                                 loop_.Stop();
                               });
    RunLoop();
    return result;
  }

  static io::HttpRequest Post(const std::string& target, const std::string& body,
                              const std::string& type = "application/json") {
    io::HttpRequest request;
    request.method = "POST";
    request.target = target;
    request.headers.Add("Content-Type", type);
    request.body = std::make_shared<const std::string>(body);
    return request;
  }

  static io::HttpRequest Get(const std::string& target) {
    io::HttpRequest request;
    request.target = target;
    return request;
  }

  void RunLoop() {
    // A lost callback must fail the test, not hang it.
    io::Timer guard = loop_.After(absl::Seconds(20), [this] {
      ADD_FAILURE() << "nothing happened in time";
      loop_.Stop();
    });
    loop_.Run();
  }

  io::Loop loop_;
};

TEST_F(ServersTest, AGatewayIsConfiguredOverHttp) {
  auto server = KongGatewayServer::Start(loop_, {});
  ASSERT_TRUE(server.ok()) << server.status();
  auto client = ClientOf((*server)->url());
  auto posted =
      Fetch(*client,
            Post("/config?check_hash=1",
                 R"({"_format_version":"3.0","services":[{"name":"a","host":"b"}]})", "text/yaml"));
  ASSERT_TRUE(posted.ok()) << posted.status();
  EXPECT_EQ(posted->head.status, 201);
  EXPECT_EQ((*server)->gateway().loaded().at("services").size(), 1u);
  auto broken = Fetch(*client, Post("/_simulator/faults", R"({"fault":"reset","times":2})"));
  ASSERT_TRUE(broken.ok());
  EXPECT_FALSE(Fetch(*client, Get("/status")).ok());  // The client tries a kept connection twice.
  EXPECT_TRUE(Fetch(*client, Get("/status")).ok());
}

TEST_F(ServersTest, AWatchStreamsEventsAndIsCut) {
  auto server = ApiServerListener::Start(loop_, {});
  ASSERT_TRUE(server.ok()) << server.status();
  ApiServer& api = (*server)->api();
  auto client = ClientOf((*server)->url());
  std::string seen;
  absl::Status end = absl::UnknownError("still open");
  io::HttpCallbacks callbacks;
  callbacks.on_head = [&](const io::HttpHead& head) {
    EXPECT_EQ(head.status, 200);
    api.Apply({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "a"}}}});
  };
  callbacks.on_body = [&](std::string_view piece) {
    seen += piece;
    if (seen.ends_with('\n')) api.CutWatches(WatchCut::kReset);
  };
  callbacks.on_done = [&](absl::Status status) {
    end = std::move(status);
    loop_.Stop();
  };
  std::string target = Cat("/api/v1/configmaps?watch=1&resourceVersion=", api.store().revision());
  auto call = client->Fetch(Get(target), {}, std::move(callbacks));
  RunLoop();
  EXPECT_THAT(seen, testing::HasSubstr("\"type\":\"ADDED\""));
  EXPECT_FALSE(end.ok());
  EXPECT_NE(engine::MessageOf(end), "still open");
  EXPECT_EQ(api.watches(), 0u);
}

TEST_F(ServersTest, AClientThatLeavesEndsItsWatch) {
  auto server = ApiServerListener::Start(loop_, {});
  ASSERT_TRUE(server.ok()) << server.status();
  ApiServer& api = (*server)->api();
  auto client = ClientOf((*server)->url());
  io::HttpCallbacks callbacks;
  callbacks.on_head = [&](const io::HttpHead&) { loop_.Stop(); };
  callbacks.on_body = [](std::string_view) {};
  callbacks.on_done = [](absl::Status) {};
  auto call =
      client->Fetch(Get("/api/v1/secrets?watch=1&resourceVersion=1"), {}, std::move(callbacks));
  RunLoop();
  EXPECT_EQ(api.watches(), 1u);
  call.reset();
  std::function<void()> wait = [&] {
    if (api.watches() == 0) return loop_.Stop();
    loop_.Post([&] { wait(); });
  };
  wait();
  RunLoop();
  EXPECT_EQ(api.watches(), 0u);
}

}  // namespace
}  // namespace simulators
