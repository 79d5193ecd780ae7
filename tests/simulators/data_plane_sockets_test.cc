// The simulated data planes over real sockets and mutual TLS, both protocols on one port.

#include "io/gzip.h"
#include "io/snappy.h"
#include "tests/io/certificates.h"
#include "tests/io/loop_fixture.h"
#include "tools/simulators/data_plane_v1.h"
#include "tools/simulators/data_plane_v2.h"

namespace simulators {
namespace {

using Text = std::shared_ptr<const std::string>;

Text Share(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

class DataPlaneSocketsTest : public io::LoopTest {
 protected:
  void SetUp() override {
    const io::Identity shared = io::TestAuthority::SelfSigned("kong_clustering");
    io::TlsOptions tls;
    tls.certificate_pem = shared.certificate_pem;
    tls.key_pem = shared.key_pem;
    tls.clients_share_certificate = true;
    io::WebSocketServerOptions options;
    options.tls = *io::TlsContext::ForServer(tls);
    server_ = *io::WebSocketServer::Listen(
        loop_, options,
        [this](io::WebSocketRequest request, std::unique_ptr<io::WebSocketAcceptor> acceptor) {
          const bool v2 = request.path == "/v2/outlet";
          acceptor->Accept(v2 ? "kong.meta.v1" : "",
                           [this, v2](absl::StatusOr<std::unique_ptr<io::WebSocket>> socket) {
                             Serve(*std::move(socket), v2);
                           });
        });
    tls.clients_share_certificate = false;
    tls.ca_pem = shared.certificate_pem;
    tls.server_name = "kong_clustering";
    to_.host = "127.0.0.1";
    to_.port = server_->port();
    to_.tls = *io::TlsContext::ForClient(tls);
  }

  void Serve(std::unique_ptr<io::WebSocket> socket, bool v2) {
    io::WebSocket* const raw = socket.get();
    sockets_.push_back(std::move(socket));
    io::WebSocketEvents events;
    events.message = [this, raw, v2](std::string_view message, bool) {
      raw->Send(v2 ? AnswerRpc(message) : payload_, /*binary=*/true);
    };
    events.ping = [raw](std::string_view) { raw->Pong(""); };
    events.closed = [](absl::Status) {};
    raw->Listen(std::move(events));
  }

  static Text AnswerRpc(std::string_view message) {
    if (ParseJson(message)) {
      return Share(DumpJson(
          {{"jsonrpc", "2.0"},
           {"id", 1},
           {"result",
            {{"rpc_capabilities", {"kong.sync.v2"}}, {"rpc_frame_encoding", "x-snappy-framed"}}}}));
    }
    const Json call = *ParseJson(*io::Unsnap(message, 1 << 20));
    const Json delta = {{"type", "services"},
                        {"version", 7},
                        {"ws_id", kBuiltInWorkspace},
                        {"entity", {{"id", "s1"}, {"name", "cart"}}}};
    const bool behind = call["params"][0]["default"]["version"] == 0;
    const Json result = {{"wipe", behind}, {"deltas", behind ? Json{delta} : Json::object()}};
    return Share(io::Snap(
        DumpJson({{"jsonrpc", "2.0"}, {"id", call["id"]}, {"result", {{"default", result}}}})));
  }

  const Text payload_ =
      Share(io::Gzip(DumpJson({{"type", "reconfigure"},
                               {"config_hash", std::string(32, 'a')},
                               {"config_table",
                                {{"_format_version", "3.0"},
                                 {"services", {{{"name", "cart"}, {"host", "cart.example"}}}}}}})));
  io::WebSocketConnectOptions to_;
  std::unique_ptr<io::WebSocketServer> server_;
  std::vector<std::unique_ptr<io::WebSocket>> sockets_;
};

TEST_F(DataPlaneSocketsTest, FleetsOfBothProtocolsAreConfiguredOverMutualTls) {
  constexpr size_t kPlanes = 20;
  size_t configured = 0;
  const auto count = [&] {
    if (++configured == 2 * kPlanes) Done();
  };
  std::vector<std::unique_ptr<DataPlaneV1>> ones;
  std::vector<std::unique_ptr<DataPlaneV2>> twos;
  for (size_t i = 0; i < kPlanes; ++i) {
    ones.push_back(
        std::make_unique<DataPlaneV1>(loop_, DataPlaneV1Options(), DialOver(loop_, to_)));
    ones.back()->OnApplied(count);
    ones.back()->Start();
    twos.push_back(
        std::make_unique<DataPlaneV2>(loop_, DataPlaneV2Options(), DialOver(loop_, to_)));
    twos.back()->OnBatch([&](const DataPlaneBatch&) { count(); });
    twos.back()->Start();
  }
  RunUntilDone();
  for (const auto& plane : ones) EXPECT_EQ(plane->configuration_hash(), std::string(32, 'a'));
  for (const auto& plane : twos) EXPECT_EQ(plane->store().version(), 7);
}

}  // namespace
}  // namespace simulators
