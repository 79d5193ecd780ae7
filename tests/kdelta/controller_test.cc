// The controller against the simulators over loopback HTTP: what a user sees from outside.

#include "kong/controller.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/http_client.h"
#include "io/http_server.h"
#include "io/log.h"
#include "io/loop.h"
#include "kong/pages.h"
#include "tests/io/loop_fixture.h"
#include "tools/kdelta/demo_shop.h"
#include "tools/simulators/api_server.h"
#include "tools/simulators/kong_gateway.h"

namespace kong {
namespace {

using simulators::Json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ControllerTest : public io::LoopTest {
 protected:
  void SetUp() override {
    api_ = *simulators::ApiServerListener::Start(loop_, {.store = {.check_namespaces = false}});
    gateway_ = *simulators::KongGatewayServer::Start(loop_, {});
    http_ = io::NewHttpClient(loop_, {.origin = *io::Url::Parse(api_->url()), .tls = nullptr});
    client_ = std::make_unique<k8s::ApiClient>(*http_, loop_, k8s::Credentials{}, "test");
    for (Json& object : kdelta::ShopObjects()) Apply(std::move(object));
  }

  void Apply(Json object) { api_->api().Apply(std::move(object)); }
  Json TlsSecret(const std::string& name) {
    return kdelta::TlsSecretFor("shop", name, "extra.example", name);
  }
  Json TlsIngress(const std::string& name, const std::string& secret) {
    Json rule = {
        {"host", "extra.example"},
        {"http",
         {{"paths",
           {{{"path", "/"},
             {"pathType", "Prefix"},
             {"backend", {{"service", {{"name", "cart"}, {"port", {{"number", 80}}}}}}}}}}}}};
    return {{"apiVersion", "networking.k8s.io/v1"},
            {"kind", "Ingress"},
            {"metadata", {{"name", name}, {"namespace", "shop"}}},
            {"spec",
             {{"ingressClassName", "kong"},
              {"rules", Json::array({rule})},
              {"tls", {{{"hosts", Json::array({"extra.example"})}, {"secretName", secret}}}}}}};
  }
  void DeleteIngress(const std::string& name) {
    api_->api().Delete({{"apiVersion", "networking.k8s.io/v1"},
                        {"kind", "Ingress"},
                        {"metadata", {{"namespace", "shop"}, {"name", name}}}});
  }

  void Start(ControllerOptions options = {}) {
    options.delivery.times.status_interval = absl::Milliseconds(100);
    controller_ = std::make_unique<Controller>(
        loop_, [this](absl::AnyInvocable<void()> call) { loop_.Post(std::move(call)); }, *client_,
        metrics_, std::move(options));
    controller_->AddGateway(
        gateway_->url(),
        io::NewHttpClient(loop_, {.origin = *io::Url::Parse(gateway_->url()), .tls = nullptr}));
    controller_->Start();
  }

  bool InSync() const {
    const GatewayState& state = controller_->gateways()[0]->state();
    return controller_->wanted() != 0 && state.acknowledged() >= controller_->wanted() &&
           state.in_sync();
  }
  io::HttpResponse Get(const io::HttpServer& server, const std::string& target) {
    const std::string url = engine::Cat("http://127.0.0.1:", server.port());
    auto client = io::NewHttpClient(loop_, {.origin = *io::Url::Parse(url), .tls = nullptr});
    absl::StatusOr<io::HttpResponse> response = absl::UnknownError("not yet");
    bool done = false;
    auto call = io::FetchWhole(*client, {.target = target}, {}, 1 << 20,
                               [&](absl::StatusOr<io::HttpResponse> answer) {
                                 response = std::move(answer);
                                 done = true;
                               });
    RunUntil([&] { return done; });
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *std::move(response) : io::HttpResponse{};
  }
  size_t Pushes() const { return gateway_->gateway().history().size(); }
  size_t Held(std::string_view section) const {
    const auto& loaded = gateway_->gateway().loaded();
    const auto found = loaded.find(section);
    return found == loaded.end() ? 0 : found->second.size();
  }
  // Runs until every listed kind was asked for and refused or served.
  void RunUntilPushed(size_t pushes) {
    RunUntil([&] { return Pushes() >= pushes && InSync(); });
  }

  std::unique_ptr<simulators::ApiServerListener> api_;
  std::unique_ptr<simulators::KongGatewayServer> gateway_;
  std::unique_ptr<io::HttpClient> http_;
  std::unique_ptr<k8s::ApiClient> client_;
  Metrics metrics_{"test"};
  std::unique_ptr<Controller> controller_;
};

TEST_F(ControllerTest, ConfiguresAGatewayInOnePush) {
  Start();
  RunUntilPushed(1);
  EXPECT_EQ(Pushes(), 1u);
  EXPECT_EQ(Held("routes"), 12u);
  EXPECT_EQ(Held("services"), 12u);
  EXPECT_EQ(Held("targets"), 24u);
  EXPECT_EQ(Held("certificates"), 1u) << "the first push has the Secrets that it wants";
  EXPECT_THAT(controller_->NotReady(), IsEmpty());
}

TEST_F(ControllerTest, SendsAChangeOnceAndNothingForAnEqualObject) {
  Start();
  RunUntilPushed(1);
  Json service = {
      {"apiVersion", "v1"},
      {"kind", "Service"},
      {"metadata",
       {{"name", "cart"}, {"namespace", "shop"}, {"annotations", {{"konghq.com/retries", "3"}}}}},
      {"spec", {{"clusterIP", "10.96.0.2"}, {"ports", {{{"name", "http"}, {"port", 80}}}}}}};
  Apply(service);
  RunUntilPushed(2);
  service["metadata"]["annotations"]["example.com/other"] = "not ours";
  Apply(service);
  DeleteIngress("stock");
  RunUntil([&] { return Held("routes") == 11 && InSync(); });
  EXPECT_EQ(Pushes(), 3u);
}

TEST_F(ControllerTest, AHostGoesLiveTogetherWithTheCertificateThatNobodyNamedBefore) {
  Apply(TlsSecret("extra-tls"));
  Start();
  RunUntilPushed(1);
  Apply(TlsIngress("extra", "extra-tls"));
  RunUntilPushed(2);
  EXPECT_EQ(Held("routes"), 13u);
  EXPECT_EQ(Held("certificates"), 2u);
  DeleteIngress("stock");  // Whatever else was to come would come before this.
  RunUntil([&] { return Held("routes") == 12 && InSync(); });
  EXPECT_EQ(Pushes(), 3u);
}

TEST_F(ControllerTest, AChangeDoesNotWaitForASecretThatCannotBeRead) {
  Apply(TlsSecret("extra-tls"));
  Start();
  RunUntilPushed(1);
  api_->api().Fault({.verb = "get", .resource = "secrets", .times = -1, .status = 403});
  Apply(TlsIngress("extra", "extra-tls"));
  RunUntilPushed(2);
  EXPECT_EQ(Held("routes"), 13u);
  EXPECT_EQ(Held("certificates"), 1u);
  EXPECT_THAT(controller_->Troubles(), Contains(HasSubstr("shop/extra-tls")));
}

TEST_F(ControllerTest, AChangeWaitsForASlowSecretOnlyAMoment) {
  Apply(TlsSecret("extra-tls"));
  Start();
  RunUntilPushed(1);
  api_->api().Fault({.what = simulators::ApiFault::What::kHang,
                     .verb = "get",
                     .resource = "secrets",
                     .times = -1});
  Apply(TlsIngress("extra", "extra-tls"));
  RunUntilPushed(2);
  EXPECT_EQ(Held("routes"), 13u);
  EXPECT_EQ(Held("certificates"), 1u);
}

TEST_F(ControllerTest, PushesNothingBeforeEveryKindIsListedAndNamesTheMissingRule) {
  api_->api().Fault({.verb = "list", .resource = "services", .times = -1, .status = 403});
  api_->api().Fault({.verb = "watch", .resource = "services", .times = -1, .status = 403});
  Start();
  const auto told = [&] {
    for (const std::string& reason : controller_->NotReady()) {
      if (reason.find("grant the verbs get, list and watch on services") != std::string::npos)
        return true;
    }
    return false;
  };
  RunUntil(told);
  EXPECT_EQ(Pushes(), 0u);
  api_->api().ClearFaults();
  RunUntilPushed(1);
  EXPECT_EQ(Held("targets"), 24u);
}

TEST_F(ControllerTest, FollowsAKindThatIsInstalledLaterAndWaitsForNoneThatIsNot) {
  const std::string kind = "ingressclassparameterses";
  for (const char* verb : {"list", "watch"})
    api_->api().Fault({.verb = verb, .resource = kind, .times = -1, .status = 404});
  ControllerOptions options;
  options.cluster.times.absent_poll = absl::Milliseconds(20);
  io::SetLog(io::LogLevel::kInfo, io::LogFormat::kText);  // Another test may have wished for less.
  ::testing::internal::CaptureStderr();
  Start(std::move(options));
  RunUntilPushed(1);
  EXPECT_THAT(controller_->NotReady(), IsEmpty());
  EXPECT_EQ(Held("targets"), 24u);

  Apply({{"apiVersion", "configuration.konghq.com/v1alpha1"},
         {"kind", "IngressClassParameters"},
         {"metadata", {{"namespace", "shop"}, {"name", "upstream"}}},
         {"spec", {{"serviceUpstream", true}}}});
  Apply({{"apiVersion", "networking.k8s.io/v1"},
         {"kind", "IngressClass"},
         {"metadata", {{"name", "kong"}}},
         {"spec",
          {{"controller", "ingress-controllers.konghq.com/kong"},
           {"parameters",
            {{"apiGroup", "configuration.konghq.com"},
             {"kind", "IngressClassParameters"},
             {"scope", "Namespace"},
             {"namespace", "shop"},
             {"name", "upstream"}}}}}});
  api_->api().ClearFaults();
  RunUntil([&] { return InSync() && Held("targets") == Held("upstreams"); });

  // One line when it is found absent, one when it is there: however often it was asked for.
  const std::string log = ::testing::internal::GetCapturedStderr();
  size_t told = 0;
  for (size_t at = log.find(kind); at != std::string::npos; at = log.find(kind, at + 1)) ++told;
  EXPECT_EQ(told, 2u) << log;
}

TEST_F(ControllerTest, LeavesOutWhatAGatewayWouldRefuseAndTakesItBackWhenItIsMended) {
  Json ingress = {
      {"apiVersion", "networking.k8s.io/v1"},
      {"kind", "Ingress"},
      {"metadata", {{"name", "extra"}, {"namespace", "shop"}}},
      {"spec",
       {{"ingressClassName", "kong"},
        {"rules",
         {{{"host", "extra.example"},
           {"http",
            {{"paths",
              {{{"path", "/~/broken("},
                {"pathType", "ImplementationSpecific"},
                {"backend",
                 {{"service", {{"name", "cart"}, {"port", {{"number", 80}}}}}}}}}}}}}}}}}};
  Apply(ingress);
  Start();
  RunUntil([&] { return Pushes() >= 1 && InSync(); });
  EXPECT_EQ(Held("routes"), 12u);
  ingress["spec"]["rules"][0]["http"]["paths"][0]["path"] = "/mended";
  Apply(ingress);
  RunUntil([&] { return Held("routes") == 13 && InSync(); });
}

TEST_F(ControllerTest, ConfiguresAGatewayAnewThatForgotEverything) {
  Start();
  RunUntilPushed(1);
  gateway_->Restart(false);
  RunUntil([&] { return Held("routes") == 12 && InSync(); });
}

TEST_F(ControllerTest, AsksTwiceBeforeItBelievesAListThatLacksMuch) {
  ControllerOptions options;
  options.cluster.limit = {.share = 0.5, .least = 3, .second_opinion = absl::Milliseconds(50)};
  Start(std::move(options));
  RunUntilPushed(1);
  // All Ingresses but one go while nobody looks, and the watch starts over with a list.
  const char* const gone[] = {"storefront", "cart",     "catalog",  "search",
                              "checkout",   "invoices", "accounts", "sessions",
                              "images",     "reviews",  "orders"};
  api_->api().DropEvents(std::size(gone));
  for (const char* name : gone) DeleteIngress(name);
  api_->api().CutWatches(simulators::WatchCut::kGone, "ingresses");
  const auto doubts = [&] {
    for (const std::string& trouble : controller_->Troubles()) {
      if (trouble.find("waiting for a second one") != std::string::npos) return true;
    }
    return false;
  };
  RunUntil(doubts);
  EXPECT_EQ(Held("routes"), 12u);
  RunUntil([&] { return Held("routes") == 1 && InSync(); });
}

TEST_F(ControllerTest, ChecksItselfAndShowsNoPrivateKey) {
  Start();
  RunUntilPushed(1);
  absl::Status checked = absl::UnknownError("not asked");
  std::string configuration, explained;
  controller_->graph()->Check([&](absl::Status status) { checked = status; });
  controller_->graph()->Configuration([&](std::string text) { configuration = std::move(text); });
  const ObjectRef secret{engine::Symbol("Secret"), engine::Symbol("shop"),
                         engine::Symbol("checkout-tls")};
  controller_->graph()->ExplainObject(secret,
                                      [&](std::string text) { explained = std::move(text); });
  RunUntil([&] { return !explained.empty(); });
  EXPECT_TRUE(checked.ok()) << checked;
  EXPECT_THAT(configuration, HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_THAT(configuration, Not(HasSubstr("PRIVATE")));
  EXPECT_THAT(explained, HasSubstr("certificate"));
  EXPECT_THAT(explained, Not(HasSubstr("PRIVATE")));
}

TEST_F(ControllerTest, WatchesTheNamespacesItWasGivenAndNoOthers) {
  for (Json object : kdelta::ShopObjects()) {
    if (object["metadata"].contains("namespace")) object["metadata"]["namespace"] = "elsewhere";
    Apply(std::move(object));
  }
  ControllerOptions options;
  options.cluster.namespaces = {"shop", "empty"};
  Start(std::move(options));
  RunUntilPushed(1);
  EXPECT_EQ(Held("routes"), 12u);
}

TEST_F(ControllerTest, ServesHealthMetricsAndDiagnostics) {
  Start();
  auto health = *io::HttpServer::Listen(loop_, {}, HealthPages(*controller_));
  auto metrics = *io::HttpServer::Listen(loop_, {}, MetricsPage(*controller_, metrics_));
  auto diagnostics = *io::HttpServer::Listen(loop_, {}, DiagnosticPages(*controller_));
  const io::HttpResponse before = Get(*health, "/readyz");
  EXPECT_EQ(before.head.status, 500);
  EXPECT_THAT(before.body, HasSubstr("- "));
  EXPECT_EQ(Get(*health, "/healthz").head.status, 200);
  RunUntilPushed(1);
  EXPECT_EQ(Get(*health, "/readyz").body, "ok\n");
  EXPECT_THAT(Get(*metrics, "/metrics").body, HasSubstr("ingress_controller_translation_count"));
  EXPECT_THAT(Get(*diagnostics, "/debug/check").body, HasSubstr("ok: "));
  EXPECT_THAT(Get(*diagnostics, "/debug/explain?object=Ingress/shop/cart").body,
              HasSubstr("said by rule"));
  EXPECT_THAT(Get(*diagnostics, "/debug/config").body, HasSubstr("\"services\":["));
  EXPECT_EQ(Get(*diagnostics, "/debug/pprof").head.status, 404);
}

TEST_F(ControllerTest, MeasuresHowLongAChangeTakes) {
  Start();
  RunUntilPushed(1);
  DeleteIngress("stock");
  RunUntil([&] { return Held("routes") == 11 && InSync(); });
  bool refreshed = false;
  controller_->RefreshMetrics([&] { refreshed = true; });
  RunUntil([&] { return refreshed; });
  const std::string text = metrics_.Text();
  EXPECT_THAT(text, HasSubstr("kdelta_propagation_seconds_count{dataplane=\"" + gateway_->url() +
                              "\",instance_id=\"test\",kind=\"Ingress\"} 1"));
  EXPECT_THAT(text, HasSubstr("kdelta_entities{instance_id=\"test\",kind=\"route\"} 11"));
  EXPECT_THAT(text, HasSubstr("kdelta_gateway_in_sync{dataplane=\"" + gateway_->url() +
                              "\",instance_id=\"test\"} 1"));
}

}  // namespace
}  // namespace kong
