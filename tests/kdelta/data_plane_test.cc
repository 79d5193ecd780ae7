// A data plane against the whole program: a simulated cluster, the flags of `run`, a socket with
// mutual TLS, and a model of Kong's incremental sync at its other end.
#include <functional>
#include <map>
#include <memory>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/log.h"
#include "io/loop.h"
#include "io/websocket.h"
#include "kong/controller.h"
#include "tests/io/certificates.h"
#include "tests/io/loop_fixture.h"
#include "tests/kdelta/flag_line.h"
#include "tests/kong/hybrid/model_data_plane.h"
#include "tools/kdelta/data_plane_listener.h"
#include "tools/kdelta/demo_shop.h"
#include "tools/simulators/api_server.h"

namespace kdelta {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
class DataPlaneTest : public io::LoopTest {
 protected:
  void SetUp() override {
    io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
    api_ = *simulators::ApiServerListener::Start(loop_, {.store = {.check_namespaces = false}});
    http_ = io::NewHttpClient(loop_, {.origin = *io::Url::Parse(api_->url()), .tls = nullptr});
    client_ = std::make_unique<k8s::ApiClient>(*http_, loop_, k8s::Credentials{}, "test");
    for (auto& object : ShopObjects()) api_->api().Apply(std::move(object));
    kong::ControllerOptions options;
    options.delivery.expressions = false;
    options.data_planes = true;
    controller_ = std::make_unique<kong::Controller>(
        loop_, [this](absl::AnyInvocable<void()> call) { loop_.Post(std::move(call)); }, *client_,
        metrics_, std::move(options));
    absl::StatusOr<Flags> flags = ParseFlags({{"cluster-listen", "127.0.0.1:0"},
                                              {"router-flavor", "traditional_compatible"},
                                              {"cluster-cert", own_.certificate_pem},
                                              {"cluster-cert-key", own_.key_pem}});
    ASSERT_TRUE(flags.ok()) << flags.status();
    auto server =
        ListenForDataPlanes(*flags, loop_, [this] { return controller_->control_plane(); });
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  // Opens a socket; null if it is refused.
  std::unique_ptr<io::WebSocket> Open(const io::Identity& identity) {
    io::TlsOptions tls;
    tls.ca_pem = own_.certificate_pem;
    tls.certificate_pem = identity.certificate_pem;
    tls.key_pem = identity.key_pem;
    tls.skip_verify = true;  // That the client knows the server is not what is tested.
    io::WebSocketConnectOptions options{.host = "127.0.0.1",
                                        .port = server_->port(),
                                        .target = "/v2/outlet",
                                        .protocol = "kong.meta.v1"};
    options.tls = *io::TlsContext::ForClient(tls);
    std::unique_ptr<io::WebSocket> socket;
    bool done = false;
    auto attempt = io::ConnectWebSocket(loop_, std::move(options),
                                        [&](absl::StatusOr<std::unique_ptr<io::WebSocket>> opened) {
                                          done = true;
                                          if (opened.ok()) socket = *std::move(opened);
                                        });
    RunUntil([&] { return done; });
    return socket;
  }
  // Puts the model at the end of a real socket.
  void Attach(kong::ModelDataPlane& plane, io::WebSocket& socket, bool& cut) {
    plane.Connect();  // Its memory half is thrown away.
    plane.end->alive = true;
    plane.end->events.message = [&socket](std::string_view message, bool) {
      socket.Send(std::make_shared<const std::string>(message), true);
    };
    socket.Listen({.message =
                       [&plane](std::string_view message, bool) {
                         plane.end->sent.emplace_back(message);
                         plane.Read();
                       },
                   .ping = [](std::string_view) {},
                   .pong = [](std::string_view) {},
                   .closed = [&cut](absl::Status) { cut = true; }});
  }
  size_t Count(const kong::ModelDataPlane& plane, const std::string& type) const {
    size_t count = 0;
    for (const auto& [key, entity] : plane.entities) count += key.starts_with(type + "|") ? 1 : 0;
    return count;
  }
  bool InSync() {
    const auto* control_plane = controller_->control_plane();
    for (const auto& [id, each] : control_plane->data_planes().all()) {
      if (control_plane->InSync(each)) return true;
    }
    return false;
  }

  const io::Identity own_ = io::TestAuthority::SelfSigned("kong_clustering");
  std::unique_ptr<simulators::ApiServerListener> api_;
  std::unique_ptr<io::HttpClient> http_;
  std::unique_ptr<k8s::ApiClient> client_;
  kong::Metrics metrics_{"test"};
  std::unique_ptr<kong::Controller> controller_;
  std::unique_ptr<io::WebSocketServer> server_;
};

TEST_F(DataPlaneTest, GetsEverythingAndThenOnlyWhatChanges) {
  EXPECT_EQ(Open(own_), nullptr) << "there is nothing yet";
  controller_->Start();
  RunUntil([&] { return controller_->wanted() != 0; });
  std::unique_ptr<io::WebSocket> socket = Open(own_);
  ASSERT_NE(socket, nullptr);
  kong::ModelDataPlane plane("n1");
  bool cut = false;
  Attach(plane, *socket, cut);
  plane.Hello();
  RunUntil([&] { return plane.greeted; });
  plane.Pull();
  RunUntil([&] { return InSync(); });
  EXPECT_EQ(plane.wipes, 1u);
  EXPECT_EQ(Count(plane, "routes"), 12u);
  EXPECT_EQ(Count(plane, "services"), 12u);
  EXPECT_EQ(Count(plane, "targets"), 24u);
  EXPECT_EQ(Count(plane, "workspaces"), 1u);
  EXPECT_THAT(controller_->NotReady(), IsEmpty());
  EXPECT_THAT(controller_->Troubles(), IsEmpty());

  // One endpoint of a Service goes.
  plane.bytes = 0;
  for (auto& object : ShopObjects()) {
    if (object["kind"] != "EndpointSlice") continue;
    object["endpoints"].erase(0);
    api_->api().Apply(std::move(object));
    break;
  }
  RunUntil([&] { return Count(plane, "targets") < 24 && InSync(); });
  EXPECT_EQ(plane.wipes, 1u);
  EXPECT_LE(plane.bytes, 1000u);
  EXPECT_FALSE(cut);
}

TEST_F(DataPlaneTest, AStrangerGetsNothing) {
  controller_->Start();
  RunUntil([&] { return controller_->wanted() != 0; });
  EXPECT_EQ(Open(io::TestAuthority::SelfSigned("kong_clustering")), nullptr);
  EXPECT_EQ(Open(io::TestAuthority::SelfSigned("kong_clustering", -60)), nullptr);
  EXPECT_EQ(Open({}), nullptr);
  EXPECT_EQ(controller_->control_plane()->delta_sockets(), 0u);
}

TEST_F(DataPlaneTest, FlagsThatLackSomethingSayWhat) {
  absl::StatusOr<Flags> no_flavour = ParseFlags({{"cluster-listen", "127.0.0.1:0"}});
  ASSERT_TRUE(no_flavour.ok());
  EXPECT_THAT(std::string(CheckDataPlaneFlags(*no_flavour).message()),
              HasSubstr("--router-flavor"));
  EXPECT_THAT(std::string(DataPlaneTlsOf(*no_flavour).status().message()),
              HasSubstr("--cluster-cert"));
  absl::StatusOr<Flags> pki = ParseFlags({{"cluster-listen", "127.0.0.1:0"},
                                          {"cluster-mtls", "pki"},
                                          {"cluster-cert", own_.certificate_pem},
                                          {"cluster-cert-key", own_.key_pem}});
  ASSERT_TRUE(pki.ok());
  EXPECT_THAT(std::string(DataPlaneTlsOf(*pki).status().message()), HasSubstr("--cluster-ca-cert"));
}

}  // namespace
}  // namespace kdelta
