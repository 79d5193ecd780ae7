// Delivery over TLS, from the flags of `run` to a simulated Kong that has a certificate and may
// demand one.
#include <fstream>
#include <map>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/log.h"
#include "kong/delivery.h"
#include "tests/io/certificates.h"
#include "tests/io/loop_fixture.h"
#include "tests/kdelta/flag_line.h"
#include "tests/kong/small_payload.h"
#include "tools/kdelta/run_options.h"
#include "tools/simulators/kong_gateway.h"

namespace kdelta {
namespace {

using engine::Cat;
using ::testing::HasSubstr;

// One service; its version is always 1.
class OneService final : public kong::PayloadSource {
 public:
  explicit OneService(io::Loop& loop) : loop_(loop) {}
  void Build(kong::Needs offers,
             absl::AnyInvocable<void(std::shared_ptr<const kong::Payload>)> then) override {
    kong::SmallPayload payload;
    payload.Add(kong::EntityKind::kService, "cart", "Service/cart", R"("host":"cart","port":80)");
    loop_.Post([made = payload.Make(1, offers), then = std::move(then)]() mutable { then(made); });
  }

 private:
  io::Loop& loop_;
};

class AdminTlsTest : public io::LoopTest {
 protected:
  AdminTlsTest() { io::SetLog(io::LogLevel::kError, io::LogFormat::kText); }

  void Serve(const std::string& names, const std::string& client_ca) {
    const io::Identity own = authority_.Issue(names);
    io::TlsOptions tls;
    tls.certificate_pem = own.certificate_pem;
    tls.key_pem = own.key_pem;
    tls.ca_pem = client_ca;
    io::HttpServerOptions listen;
    listen.tls = io::TlsContext::ForServer(tls).value();
    server_ = simulators::KongGatewayServer::Start(loop_, {}, std::move(listen)).value();
  }

  std::string File(std::string_view name, std::string_view text) {
    const std::string path = Cat(::testing::TempDir(), "/admin_tls_", name);
    std::ofstream(path, std::ios::trunc) << text;
    return path;
  }

  // What is wrong with the gateway in the end, or nothing if it has the configuration.
  std::string Deliver(Line line) {
    line["kong-admin-url"] = server_->url();
    const Flags flags = ParseFlags(line).value();
    auto gateways = GatewaysOf(flags, loop_);
    if (!gateways.ok()) return std::string(engine::MessageOf(gateways.status()));
    OneService source(loop_);
    kong::DeliveryCallbacks callbacks;
    callbacks.acknowledged = [this](const kong::Gateway&, engine::Version) { Done(); };
    callbacks.happened = [this](const kong::Gateway&, kong::GatewayState::Event event) {
      if (event == kong::GatewayState::Event::kLost) Done();
    };
    kong::Delivery delivery(loop_, source, {}, std::move(callbacks));
    io::HttpClientOptions client{.origin = gateways->front().url, .tls = nullptr};
    client.rotating_tls = gateways->front().tls;
    delivery.Add(server_->url(), io::NewHttpClient(loop_, std::move(client)));
    delivery.Published(1);
    RunUntilDone();
    return delivery.gateways()[0]->state().trouble();
  }

  io::TestAuthority authority_, clients_;
  std::unique_ptr<simulators::KongGatewayServer> server_;
};

TEST_F(AdminTlsTest, AGatewayIsConfiguredOnlyIfBothSidesTrustEachOther) {
  const io::Identity client = clients_.Issue("DNS:kdelta"), stranger = authority_.Issue("DNS:x");
  const std::string ca = File("ca", authority_.pem()), other = File("other", clients_.pem());
  const Line with_client = {{"kong-admin-ca-cert-file", ca},
                            {"kong-admin-tls-client-cert", client.certificate_pem},
                            {"kong-admin-tls-client-key-file", File("key", client.key_pem)}};
  const Line with_stranger = {{"kong-admin-ca-cert-file", ca},
                              {"kong-admin-tls-client-cert", stranger.certificate_pem},
                              {"kong-admin-tls-client-key", stranger.key_pem}};
  const Line named = {{"kong-admin-ca-cert-file", ca},
                      {"kong-admin-tls-server-name", "kong.example"}};
  const std::string refused = "the peer's certificate is refused";
  struct Case {
    const char* name;
    const char* names;
    bool demands;  // A certificate of its client.
    Line line;
    std::string trouble;  // Empty: it is configured.
  };
  const Case cases[] = {
      {"authority in a file", "IP:127.0.0.1", false, {{"kong-admin-ca-cert-file", ca}}, ""},
      {"authority on the line",
       "IP:127.0.0.1",
       false,
       {{"kong-admin-ca-cert", authority_.pem()}},
       ""},
      {"no authority", "IP:127.0.0.1", false, {}, refused},
      {"another authority", "IP:127.0.0.1", false, {{"kong-admin-ca-cert-file", other}}, refused},
      {"not verified", "DNS:kong.example", false, {{"kong-admin-tls-skip-verify", "true"}}, ""},
      {"wrong name", "DNS:kong.example", false, {{"kong-admin-ca-cert-file", ca}}, refused},
      {"name by flag", "DNS:kong.example", false, named, ""},
      {"client certificate", "IP:127.0.0.1", true, with_client, ""},
      {"no client certificate",
       "IP:127.0.0.1",
       true,
       {{"kong-admin-ca-cert-file", ca}},
       "no answer"},
      {"client of another authority", "IP:127.0.0.1", true, with_stranger, "no answer"},
      {"no file",
       "IP:127.0.0.1",
       false,
       {{"kong-admin-ca-cert-file", "/nonexistent"}},
       "--kong-admin-ca-cert-file: cannot read /nonexistent"},
  };
  for (const Case& c : cases) {
    Serve(c.names, c.demands ? clients_.pem() : "");
    const std::string trouble = Deliver(c.line);
    if (c.trouble.empty()) {
      EXPECT_EQ(trouble, "") << c.name;
      EXPECT_EQ(server_->gateway().history().size(), 1u) << c.name;
    } else {
      EXPECT_THAT(trouble, HasSubstr(c.trouble)) << c.name;
      EXPECT_EQ(server_->gateway().history().size(), 0u) << c.name;
    }
  }
}

TEST_F(AdminTlsTest, DiscoveredGatewaysHaveTheNameOfTheirService) {
  const std::string ca = authority_.pem();
  const Line found = {{"kong-admin-svc", "kong/kong-admin"}, {"kong-admin-ca-cert", ca}};
  Line named = found;
  named["kong-admin-tls-server-name"] = "kong.example";
  for (const auto& [line, name] :
       {std::pair(found, "pod.kong-admin.kong.svc"), std::pair(named, "kong.example")}) {
    const Flags flags = ParseFlags(line).value();
    EXPECT_EQ(AdminTlsOf(flags, loop_).value()->Current()->server_name(), name);
    EXPECT_TRUE(GatewaysOf(flags, loop_).value().empty()) << "none by URL";
    EXPECT_EQ(DiscoveryOptionsOf(flags)->service.Text(), "kong/kong-admin");
    EXPECT_THAT(DiscoveryOptionsOf(flags)->port_names,
                ::testing::ElementsAre("admin-tls", "kong-admin-tls"));
  }
  EXPECT_FALSE(DiscoveryOptionsOf(ParseFlags({}).value()).has_value());
}

TEST_F(AdminTlsTest, AnElectionIsForFleetsAndDatabasesUnlessTheFlagSaysOtherwise) {
  const Line fleet = {{"kong-admin-svc", "kong/kong-admin"}};
  Line never = fleet, always, elsewhere = fleet;
  never["force-leader-election"] = "disabled";
  always["force-leader-election"] = "enabled";
  elsewhere["election-namespace"] = "there";
  elsewhere["election-id"] = "mine";
  struct Case {
    const char* name;
    Line line;
    std::string lease;  // Empty: there is no election.
    bool databases_only = false;
  };
  k8s::ClusterAccess access;
  access.ns = "kong";
  for (const Case& each : {Case{"one gateway", {}, "kong/5b374a9e.konghq.com", true},
                           {"fleet", fleet, "kong/5b374a9e.konghq.com"},
                           {"never", never, ""},
                           {"always", always, "kong/5b374a9e.konghq.com"},
                           {"elsewhere", elsewhere, "there/mine"}}) {
    kong::ControllerOptions options;
    ASSERT_TRUE(AddElection(ParseFlags(each.line).value(), access, "f00d", options).ok());
    const auto& election = options.election;
    EXPECT_EQ(options.elect_for_databases_only, each.databases_only) << each.name;
    EXPECT_EQ(election ? election->lease.Text() : "", each.lease) << each.name;
    EXPECT_TRUE(!election || election->identity.ends_with("_f00d")) << election->identity;
  }
  access.ns.clear();
  kong::ControllerOptions options;
  EXPECT_THAT(
      std::string(engine::MessageOf(AddElection(ParseFlags(fleet).value(), access, "", options))),
      HasSubstr("--election-namespace"));
  EXPECT_TRUE(AddElection(ParseFlags({}).value(), access, "", options).ok());
  EXPECT_FALSE(options.election);
}

}  // namespace
}  // namespace kdelta
