// The controller against a Kong with a database, over loopback HTTP: which calls it makes.

#include <memory>
#include <string>
#include <vector>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/http_client.h"
#include "io/log.h"
#include "io/loop.h"
#include "kong/controller.h"
#include "kong/schema_table.h"
#include "tests/io/loop_fixture.h"
#include "tools/kdelta/demo_shop.h"
#include "tools/simulators/api_server.h"
#include "tools/simulators/kong_gateway.h"

namespace kong {
namespace {

using simulators::Json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ControllerDatabaseTest : public io::LoopTest {
 protected:
  void SetUp() override {
    io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
    api_ = *simulators::ApiServerListener::Start(loop_, {.store = {.check_namespaces = false}});
    gateway_ = *simulators::KongGatewayServer::Start(loop_, {.database = "postgres"});
    http_ = io::NewHttpClient(loop_, {.origin = *io::Url::Parse(api_->url()), .tls = nullptr});
    client_ = std::make_unique<k8s::ApiClient>(*http_, loop_, k8s::Credentials{}, "test");
    for (Json& object : kdelta::ShopObjects()) api_->api().Apply(std::move(object));
  }
  // A controller, in place of the one before.
  void Start(absl::Duration drift_check_interval = absl::Minutes(10)) {
    controller_.reset();
    ControllerOptions options;
    options.database.schemas = &SchemaTable::Bundled();
    options.database.drift_check_interval = drift_check_interval;
    controller_ = std::make_unique<Controller>(
        loop_, [this](absl::AnyInvocable<void()> call) { loop_.Post(std::move(call)); }, *client_,
        metrics_, std::move(options));
    controller_->AddGateway(
        gateway_->url(),
        io::NewHttpClient(loop_, {.origin = *io::Url::Parse(gateway_->url()), .tls = nullptr}));
    controller_->Start();
    RunUntil([&] { return controller_->NotReady().empty(); });
  }
  simulators::KongDatabase& rows() { return *gateway_->gateway().database(); }
  size_t Held(std::string_view entity) {
    const auto found = rows().rows().find(entity);
    return found == rows().rows().end() ? 0 : found->second.size();
  }
  const Json& Row(std::string_view entity, std::string_view name) {
    static const Json none;
    const Json* row = rows().FindNamed(entity, name);
    return row == nullptr ? none : *row;
  }
  // The calls that wrote, since the last time: "POST /services 201".
  std::vector<std::string> Writes() {
    simulators::KongDatabaseApi& api = *gateway_->gateway().database_api();
    std::vector<std::string> writes;
    for (const simulators::KongCall& call : api.calls()) {
      if (call.method != "GET")
        writes.push_back(engine::Cat(call.method, ' ', call.path, ' ', call.status));
    }
    api.ForgetCalls();
    return writes;
  }
  // Somebody else's call.
  int Other(const std::string& method, const std::string& path, const Json& body = Json()) {
    io::HttpServerRequest request;
    request.method = method, request.path = path;
    if (!body.is_null()) request.body = simulators::DumpJson(body);
    const int status = gateway_->gateway().database_api()->Serve(request)->status;
    Writes();
    return status;
  }
  // The first endpoint of the first slice gets this address.
  void MoveAnEndpoint(const std::string& address) {
    for (Json& object : kdelta::ShopObjects()) {
      if (object["kind"] != "EndpointSlice") continue;
      object["endpoints"][0]["addresses"] = {address};
      api_->api().Apply(std::move(object));
      break;
    }
    RunUntil([&] { return HasTarget(address); });
  }
  bool HasTarget(const std::string& address) {
    if (Held("targets") != 24) return false;  // The old one is gone, too.
    for (const auto& [id, target] : rows().rows().find("targets")->second) {
      if (simulators::TextAt(target, "target").starts_with(address + ":")) return true;
    }
    return false;
  }

  std::unique_ptr<simulators::ApiServerListener> api_;
  std::unique_ptr<simulators::KongGatewayServer> gateway_;
  std::unique_ptr<io::HttpClient> http_;
  std::unique_ptr<k8s::ApiClient> client_;
  Metrics metrics_{"test"};
  std::unique_ptr<Controller> controller_;
};

TEST_F(ControllerDatabaseTest, FillsAnEmptyDatabaseAndNothingIsRefused) {
  Start();
  EXPECT_EQ(Held("routes"), 12u);
  EXPECT_EQ(Held("services"), 12u);
  EXPECT_EQ(Held("targets"), 24u);
  EXPECT_EQ(Held("certificates"), 1u);
  for (const std::string& write : Writes()) EXPECT_THAT(write, EndsWith(" 201"));
  EXPECT_THAT(controller_->Troubles(), IsEmpty());
}

TEST_F(ControllerDatabaseTest, OneEndpointThatMovesIsItsTwoCalls) {
  Start();
  Writes();
  MoveAnEndpoint("10.99.0.1");
  EXPECT_THAT(Writes(), ElementsAre(AllOf(StartsWith("POST /upstreams/"), EndsWith("/targets 201")),
                                    AllOf(StartsWith("DELETE /upstreams/"), HasSubstr("/targets/"),
                                          EndsWith(" 204"))));
}

TEST_F(ControllerDatabaseTest, ARestartWritesNothingAndTheNextChangeIsOneChange) {
  Start();
  Writes();
  Start();
  MoveAnEndpoint("10.99.0.2");
  EXPECT_THAT(Writes(), SizeIs(2)) << "those of the endpoint";
}

TEST_F(ControllerDatabaseTest, WhatChangedWhileItWasAwayIsAllThatIsWrittenAfterwards) {
  Start();
  controller_.reset();
  ASSERT_EQ(Other("PATCH", "/services/shop.cart.80", {{"retries", 9}}), 200);
  api_->api().Delete({{"apiVersion", "networking.k8s.io/v1"},
                      {"kind", "Ingress"},
                      {"metadata", {{"namespace", "shop"}, {"name", "stock"}}}});
  Start();
  EXPECT_EQ(Held("routes"), 11u);
  EXPECT_EQ(Row("services", "shop.cart.80")["retries"], 5);
  for (const std::string& write : Writes())
    EXPECT_TRUE(write.starts_with("DELETE ") || write.starts_with("P")) << write;
}

TEST_F(ControllerDatabaseTest, WhatCarriesNoTagOfOursIsSomebodyElses) {
  ASSERT_EQ(Other("POST", "/services", {{"name", "theirs"}, {"host", "their.example"}}), 201);
  ASSERT_EQ(Other("POST", "/services/theirs/routes", {{"name", "theirs"}, {"paths", {"/theirs"}}}),
            201);
  const Json service = Row("services", "theirs"), route = Row("routes", "theirs");
  Start(absl::Milliseconds(20));
  MoveAnEndpoint("10.99.0.3");
  Start(absl::Milliseconds(20));
  MoveAnEndpoint("10.99.0.4");
  EXPECT_EQ(Row("services", "theirs"), service);
  EXPECT_EQ(Row("routes", "theirs"), route);
}

TEST_F(ControllerDatabaseTest, WhatOthersChangeIsPutRight) {
  Start(absl::Milliseconds(20));
  ASSERT_EQ(Other("PATCH", "/services/shop.cart.80", {{"retries", 9}}), 200);
  RunUntil([&] { return Row("services", "shop.cart.80")["retries"] == 5; });
  const std::string route = rows().rows().find("routes")->second.begin()->first;
  ASSERT_EQ(Other("DELETE", "/routes/" + route), 204);
  RunUntil([&] { return Held("routes") == 12; });
  EXPECT_NE(rows().Find("routes", route), nullptr) << "under the id that it had";
}

}  // namespace
}  // namespace kong
