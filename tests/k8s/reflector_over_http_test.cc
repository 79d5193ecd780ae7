// The reflector over real connections on loopback: what the fakes of reflector_test.cc cannot show.
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/http_server.h"
#include "io/loop.h"
#include "k8s/reflector.h"
#include "k8s/service.h"

namespace k8s {
namespace {

using engine::Cat;
using ::testing::ElementsAre;

std::string Object(std::string_view name, int version) {
  return Cat(R"({"metadata":{"namespace":"shop","name":")", name, R"(","resourceVersion":")",
             version, R"("}})");
}

class ReflectorOverHttpTest : public ::testing::Test {
 protected:
  ReflectorOverHttpTest() {
    auto server = io::HttpServer::Listen(
        loop_, {}, [this](io::HttpServerRequest request, std::unique_ptr<io::HttpResponder> out) {
          Serve(std::move(request), std::move(out));
        });
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    io::HttpClientOptions options;
    options.origin.host = "127.0.0.1";
    options.origin.port = server_->port();
    http_ = io::NewHttpClient(loop_, options);
    api_ = std::make_unique<ApiClient>(*http_, loop_, Credentials{}, "test");
  }

  void Serve(io::HttpServerRequest request, std::unique_ptr<io::HttpResponder> out) {
    if (request.Parameter("watch")) {
      watches_.push_back(std::move(out));
      watches_.back()->Begin(200, {});
      OnWatch(request.Parameter("resourceVersion").value_or(""));
    } else if (!request.Parameter("continue")) {
      out->Respond(200, {},
                   Cat(R"({"metadata":{"resourceVersion":"10","continue":"a/b+c="},"items":[)",
                       Object("a", 1), "]}"));
    } else {
      EXPECT_EQ(request.Parameter("continue"), "a/b+c=");
      out->Respond(200, {},
                   Cat(R"({"metadata":{"resourceVersion":"10"},"items":[)", Object("b", 2), "]}"));
    }
  }
  void Write(std::string_view type, std::string_view object) {
    watches_.back()->Write(Cat(R"({"type":")", type, R"(","object":)", object, "}\n"));
  }
  // The first watch is cut in the middle of an event, the second goes on from the last whole one.
  void OnWatch(std::string_view version) {
    versions_.emplace_back(version);
    if (watches_.size() == 1) {
      Write("ADDED", Object("c", 11));
      watches_.back()->Write(R"({"type":"ADDED","object":{"meta)");
      loop_.Post([this] { watches_.back()->Abort(); });
    } else {
      Write("DELETED", Object("a", 12));
    }
  }

  io::Loop loop_;
  std::deque<std::unique_ptr<io::HttpResponder>> watches_;
  std::vector<std::string> versions_, said_;
  std::unique_ptr<io::HttpServer> server_;
  std::unique_ptr<io::HttpClient> http_;
  std::unique_ptr<ApiClient> api_;
};

TEST_F(ReflectorOverHttpTest, ListsWatchesAndResumesAfterACut) {
  ReflectorScope scope;
  scope.plan.type = Service::kType;
  scope.plan.streaming = false;
  Changes<Service> changes;
  changes.replace = [this](std::vector<Service> rows) { said_.push_back(Cat("= ", rows.size())); };
  changes.set = [this](Service row) { said_.push_back(Cat("+ ", row.meta.name())); };
  changes.erase = [this](const NamespacedName& key) {
    said_.push_back(Cat("- ", key));
    loop_.Stop();
  };
  Reflector<Service> reflector(*api_, loop_, scope, {}, std::move(changes));
  reflector.Start();
  loop_.Run();
  EXPECT_THAT(said_, ElementsAre("= 2", "+ c", "- shop/a"));
  EXPECT_THAT(versions_, ElementsAre("10", "11"));
}

}  // namespace
}  // namespace k8s
