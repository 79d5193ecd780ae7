// The whole program as data planes meet it: a simulated cluster with the demo's shop, a controller,
// and the port that the flags of `run` open.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "io/log.h"
#include "io/websocket.h"
#include "kong/controller.h"
#include "tests/io/certificates.h"
#include "tests/io/loop_fixture.h"
#include "tests/kdelta/flag_line.h"
#include "tools/kdelta/data_plane_listener.h"
#include "tools/kdelta/demo_shop.h"
#include "tools/simulators/api_server.h"

namespace kdelta {

class DataPlaneFixture : public io::LoopTest {
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
    absl::StatusOr<Flags> flags = ParseFlags(ClusterLine());
    ASSERT_TRUE(flags.ok()) << flags.status();
    auto server =
        ListenForDataPlanes(*flags, loop_, [this] { return controller_->control_plane(); });
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  // The flags of the port.
  virtual Line ClusterLine() const {
    return {{"cluster-listen", "127.0.0.1:0"},
            {"router-flavor", "traditional_compatible"},
            {"cluster-cert", own_.certificate_pem},
            {"cluster-cert-key", own_.key_pem}};
  }
  void StartController() {
    controller_->Start();
    RunUntil([&] { return controller_->wanted() != 0; });
  }
  // How somebody with this certificate dials. That it knows the server is not what is tested.
  io::WebSocketConnectOptions To(const io::Identity& identity) const {
    io::TlsOptions tls;
    tls.ca_pem = own_.certificate_pem;
    tls.certificate_pem = identity.certificate_pem;
    tls.key_pem = identity.key_pem;
    tls.skip_verify = true;
    io::WebSocketConnectOptions options{.host = "127.0.0.1", .port = server_->port()};
    options.tls = *io::TlsContext::ForClient(tls);
    return options;
  }
  // One endpoint of a Service goes.
  void RemoveAnEndpoint() {
    for (auto& object : ShopObjects()) {
      if (object["kind"] != "EndpointSlice") continue;
      object["endpoints"].erase(0);
      api_->api().Apply(std::move(object));
      return;
    }
  }

  const io::Identity own_ = io::TestAuthority::SelfSigned("kong_clustering");
  std::unique_ptr<simulators::ApiServerListener> api_;
  std::unique_ptr<io::HttpClient> http_;
  std::unique_ptr<k8s::ApiClient> client_;
  kong::Metrics metrics_{"test"};
  std::unique_ptr<kong::Controller> controller_;
  std::unique_ptr<io::WebSocketServer> server_;
};

}  // namespace kdelta
