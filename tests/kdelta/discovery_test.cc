// The controller that finds its gateways, against the simulators over loopback HTTP: pods come and
// go as EndpointSlices say.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
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
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DiscoveryTest : public io::LoopTest {
 protected:
  void SetUp() override {
    io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
    api_ = *simulators::ApiServerListener::Start(loop_, {.store = {.check_namespaces = false}});
    http_ = io::NewHttpClient(loop_, {.origin = *io::Url::Parse(api_->url()), .tls = nullptr});
    client_ = std::make_unique<k8s::ApiClient>(*http_, loop_, k8s::Credentials{}, "test");
    for (Json& object : kdelta::ShopObjects()) api_->api().Apply(std::move(object));
    for (int i = 0; i < 3; ++i)
      gateways_.push_back(*simulators::KongGatewayServer::Start(loop_, {}));
  }

  // Each gateway has a slice, because each has a port of its own here.
  Json Slice(size_t i, bool terminating = false) {
    const io::Url url = *io::Url::Parse(gateways_[i]->url());
    Json endpoint = {{"addresses", {url.host}},
                     {"conditions", {{"ready", false}, {"terminating", terminating}}}};
    return {{"apiVersion", "discovery.k8s.io/v1"},
            {"kind", "EndpointSlice"},
            {"metadata",
             {{"namespace", "kong"},
              {"name", engine::Cat("kong-admin-", i)},
              {"labels", {{"kubernetes.io/service-name", "kong-admin"}}}}},
            {"addressType", "IPv4"},
            {"endpoints", Json::array({endpoint})},
            {"ports", Json::array({{{"name", "admin-tls"}, {"port", url.port}}})}};
  }
  ControllerOptions Options() {
    ControllerOptions options;
    options.delivery.times.status_interval = absl::Milliseconds(100);
    options.discovery =
        DiscoveryOptions{.service = {engine::Symbol("kong"), engine::Symbol("kong-admin")},
                         .port_names = {"admin-tls"},
                         // The simulators speak plain HTTP.
                         .connect =
                             [this](io::Url url) {
                               url.tls = false;
                               return io::NewHttpClient(loop_, {.origin = url, .tls = nullptr});
                             },
                         .times = {},
                         .seed = 1};
    return options;
  }
  std::unique_ptr<Controller> Make(Metrics& metrics, ControllerOptions options,
                                   ControllerHooks hooks = {}) {
    return std::make_unique<Controller>(
        loop_, [this](absl::AnyInvocable<void()> call) { loop_.Post(std::move(call)); }, *client_,
        metrics, std::move(options), std::move(hooks));
  }
  void Start() {
    controller_ = Make(metrics_, Options());
    controller_->Start();
  }
  bool Says(std::string_view reason) const {
    const std::vector<std::string> all = controller_->NotReady();
    return std::any_of(all.begin(), all.end(), [&](const std::string& each) {
      return each.find(reason) != std::string::npos;
    });
  }
  bool Configured(size_t i) const { return Pushes(i) > 0; }
  size_t Pushes(size_t i) const { return gateways_[i]->gateway().history().size(); }
  std::string MetricsText() {
    std::string text;
    controller_->RefreshMetrics([&] { text = metrics_.Text(); });
    RunUntil([&] { return !text.empty(); });
    return text;
  }

  std::unique_ptr<simulators::ApiServerListener> api_;
  std::vector<std::unique_ptr<simulators::KongGatewayServer>> gateways_;
  std::unique_ptr<io::HttpClient> http_;
  std::unique_ptr<k8s::ApiClient> client_;
  Metrics metrics_{"test"};
  std::unique_ptr<Controller> controller_;
};

TEST_F(DiscoveryTest, ConfiguresPodsThatAreNotReadyAsTheyComeAndLetsThemGo) {
  Start();
  RunUntil([&] { return Says("no gateway is found"); });
  api_->api().Apply(Slice(0));
  RunUntil([&] { return Configured(0) && controller_->NotReady().empty(); });
  api_->api().Apply(Slice(1));
  RunUntil([&] { return Configured(1); });
  EXPECT_EQ(Pushes(0), 1u) << "a new gateway is no reason to push to another";

  const std::string gone = controller_->gateways()[0]->name();
  EXPECT_THAT(MetricsText(), HasSubstr(gone));
  api_->api().Apply(Slice(0, /*terminating=*/true));
  RunUntil([&] { return controller_->gateways().size() == 1; });
  EXPECT_THAT(MetricsText(), Not(HasSubstr(gone)));
  EXPECT_THAT(controller_->NotReady(), IsEmpty());

  gateways_[0]->Restart(false);
  api_->api().Apply(Slice(0));
  RunUntil([&] { return controller_->gateways().size() == 2 && Pushes(0) >= 1; });
}

TEST_F(DiscoveryTest, KeepsItsGatewaysWhenTheApiServerBreaksItsConnections) {
  api_->api().Apply(Slice(0));
  Start();
  RunUntil([&] { return Configured(0) && controller_->NotReady().empty(); });
  api_->api().CutWatches(simulators::WatchCut::kGone, "endpointslices");
  api_->api().Apply(Slice(2));
  RunUntil([&] { return Configured(2); });
  EXPECT_EQ(controller_->gateways().size(), 2u);
  EXPECT_EQ(Pushes(0), 1u);
}

ControllerOptions AsCandidate(ControllerOptions options, std::string identity) {
  options.election = k8s::CandidateOptions{
      .lease = {engine::Symbol("kong"), engine::Symbol("5b374a9e.konghq.com")},
      .identity = std::move(identity),
      .times = {.lease = absl::Seconds(3),
                .renew_deadline = absl::Seconds(2),
                .retry = absl::Milliseconds(50)},
      .seed = 1};
  return options;
}

TEST_F(DiscoveryTest, TheFollowerTakesOverAndSendsWhatDiffersAtOnce) {
  api_->api().Apply(Slice(0));
  controller_ = Make(metrics_, AsCandidate(Options(), "first"));
  controller_->Start();
  RunUntil([&] { return Configured(0) && controller_->leads(); });

  absl::Duration won = absl::InfiniteDuration(), pushed = absl::InfiniteDuration();
  ControllerHooks hooks;
  hooks.led = [&](bool leads) { won = leads ? loop_.Uptime() : won; };
  hooks.acknowledged = [&](const Gateway&, engine::Version) {
    if (won < absl::InfiniteDuration()) pushed = std::min(pushed, loop_.Uptime());
  };
  Metrics metrics("second");
  auto second = Make(metrics, AsCandidate(Options(), "second"), std::move(hooks));
  second->Start();
  EXPECT_THAT(second->NotReady(), IsEmpty()) << "a follower is ready";
  RunUntil(
      [&] { return second->gateways().size() == 1 && second->gateways()[0]->state().in_sync(); });
  EXPECT_EQ(Pushes(0), 1u) << "it has the same payload, and pushes nothing";

  // The first one cannot be asked any more; then a change comes that only the second one sees.
  bool resigned = false;
  controller_->Resign([&] { resigned = true; });
  Json ingress = {{"apiVersion", "networking.k8s.io/v1"},
                  {"kind", "Ingress"},
                  {"metadata", {{"namespace", "shop"}, {"name", "stock"}}}};
  api_->api().Delete(ingress);
  RunUntil([&] { return pushed < absl::InfiniteDuration() && Pushes(0) == 2; });
  EXPECT_TRUE(resigned);
  EXPECT_FALSE(controller_->leads());
  EXPECT_LT(pushed - won, absl::Milliseconds(200));
  EXPECT_THAT(metrics.Text(), HasSubstr("leader_election_master_status{instance_id=\"second\","
                                        "name=\"5b374a9e.konghq.com\"} 1"));
  EXPECT_THAT(MetricsText(), HasSubstr("name=\"5b374a9e.konghq.com\"} 0"));
}

TEST_F(DiscoveryTest, ADatabaseBeginsTheElectionThatAGatewayAloneDoesNotNeed) {
  api_->api().Apply(Slice(0));
  ControllerOptions options = AsCandidate(Options(), "first");
  options.elect_for_databases_only = true;
  options.database.schemas = &SchemaTable::Bundled();
  controller_ = Make(metrics_, std::move(options));
  controller_->Start();
  RunUntil([&] { return Configured(0); });
  EXPECT_TRUE(controller_->leads());
  EXPECT_THAT(MetricsText(), Not(HasSubstr("5b374a9e.konghq.com")));

  gateways_[1] = *simulators::KongGatewayServer::Start(loop_, {.database = "postgres"});
  api_->api().Apply(Slice(1));
  RunUntil([&] { return gateways_[1]->gateway().database()->rows().contains("routes"); });
  EXPECT_TRUE(controller_->leads());
  EXPECT_THAT(MetricsText(), HasSubstr("name=\"5b374a9e.konghq.com\"} 1"));
}

TEST_F(DiscoveryTest, AReplicaThatMayNotUseTheLeaseIsNotReadyAndSaysWhy) {
  api_->api().Apply(Slice(0));
  api_->api().Fault({.resource = "leases", .times = -1, .status = 403});
  controller_ = Make(metrics_, AsCandidate(Options(), "first"));
  controller_->Start();
  RunUntil([&] { return Says("grant the verbs get, create and patch"); });
  EXPECT_EQ(Pushes(0), 0u);
}

}  // namespace
}  // namespace kong
