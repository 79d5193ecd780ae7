#include <fstream>

#include "fake_network.h"
#include "io/rotating_file.h"
#include "io/rotating_tls.h"
#include "io/websocket.h"
#include "websocket_fixture.h"

namespace io {
namespace {

class WebSocketTlsTest : public WebSocketTest {
 protected:
  void ListenTls(const TlsOptions& tls) {
    auto context = TlsContext::ForServer(tls);
    ASSERT_TRUE(context.ok()) << context.status();
    WebSocketServerOptions options;
    options.tls = *context;
    Listen(std::move(options));
  }

  static TlsOptions Own(const Identity& identity) {
    TlsOptions tls;
    tls.certificate_pem = identity.certificate_pem;
    tls.key_pem = identity.key_pem;
    return tls;
  }

  // A client that trusts `ca` and presents `own`, if it has any.
  absl::StatusOr<std::unique_ptr<End>> OpenWith(const std::string& ca, const Identity& own,
                                                std::string server_name = "") {
    TlsOptions tls = Own(own);
    tls.ca_pem = ca;
    tls.server_name = std::move(server_name);
    WebSocketConnectOptions options = To();
    options.tls = *TlsContext::ForClient(tls);
    return Open(std::move(options));
  }

  TestAuthority authority_, stranger_;
};

TEST_F(WebSocketTlsTest, AnAuthoritysClientsAndNoOthersAreServed) {
  TlsOptions tls = Own(authority_.Issue("IP:127.0.0.1"));
  tls.ca_pem = authority_.pem();
  ListenTls(tls);
  const Identity good = authority_.Issue("DNS:plane");
  const auto client = OpenWith(authority_.pem(), good);
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_EQ(requests_.back().peer_certificate_pem, good.certificate_pem);
  (*client)->socket->Send(Text(std::string(3 << 20, 'x')), true);
  RunUntil([&] { return !served().messages.empty(); });
  EXPECT_EQ(served().messages.front().size(), 3U << 20);

  const std::pair<const char*, Identity> refused[] = {
      {"none", {}},
      {"of a stranger", stranger_.Issue("DNS:plane")},
      {"expired", authority_.IssueExpired("DNS:plane")},
      {"signed by itself", TestAuthority::SelfSigned("kong_clustering")},
  };
  for (const auto& [name, identity] : refused) {
    EXPECT_FALSE(OpenWith(authority_.pem(), identity).ok()) << name;
  }
  EXPECT_EQ(requests_.size(), 1U) << "a refused client was heard";
}

TEST_F(WebSocketTlsTest, ASharedCertificateIsTheOnlyOneThatIsServed) {
  const Identity shared = TestAuthority::SelfSigned("kong_clustering");
  TlsOptions tls = Own(shared);
  tls.clients_share_certificate = true;
  ListenTls(tls);
  const auto client = OpenWith(shared.certificate_pem, shared, "kong_clustering");
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_EQ(requests_.back().peer_certificate_pem, shared.certificate_pem);

  const std::pair<const char*, Identity> refused[] = {
      {"none", {}},
      {"of an authority", authority_.Issue("DNS:kong_clustering")},
      {"of the same name", TestAuthority::SelfSigned("kong_clustering")},
  };
  for (const auto& [name, identity] : refused) {
    EXPECT_FALSE(OpenWith(shared.certificate_pem, identity, "kong_clustering").ok()) << name;
  }
  EXPECT_EQ(requests_.size(), 1U) << "a refused client was heard";
}

TEST_F(WebSocketTlsTest, ASharedCertificateThatHasExpiredServesNobody) {
  const Identity shared = TestAuthority::SelfSigned("kong_clustering", -60);
  TlsOptions tls = Own(shared);
  tls.clients_share_certificate = true;
  ListenTls(tls);
  TlsOptions blind = Own(shared);
  blind.skip_verify = true;
  WebSocketConnectOptions options = To();
  options.tls = *TlsContext::ForClient(blind);
  EXPECT_FALSE(Open(std::move(options)).ok());
  EXPECT_TRUE(requests_.empty());
}

TEST_F(WebSocketTlsTest, ThreeHundredKilobytesGoToManyPeersOverTls) {
  const Identity shared = TestAuthority::SelfSigned("kong_clustering");
  TlsOptions tls = Own(shared);
  tls.clients_share_certificate = true;
  ListenTls(tls);
  std::vector<std::unique_ptr<End>> clients;
  for (int i = 0; i < 20; ++i) {
    auto client = OpenWith(shared.certificate_pem, shared, "kong_clustering");
    ASSERT_TRUE(client.ok()) << client.status();
    clients.push_back(*std::move(client));
  }
  const auto payload = Text(std::string(300'000, 'p'));
  for (const auto& end : served_) end->socket->Send(payload, true);
  for (const auto& client : clients) {
    RunUntil([&] { return !client->messages.empty(); });
    EXPECT_TRUE(client->messages.front() == *payload);
  }
}

TEST_F(WebSocketTlsTest, ANewCertificateIsForNewSocketsAndOldOnesStay) {
  const std::string stem = ::testing::TempDir() + "/websocket_rotates";
  auto write = [&](const Identity& identity) {
    std::ofstream(stem + ".crt", std::ios::trunc) << identity.certificate_pem;
    std::ofstream(stem + ".key", std::ios::trunc) << identity.key_pem;
  };
  FakeClock clock;
  TlsOptions tls;
  tls.clients_share_certificate = true;
  const Identity before = TestAuthority::SelfSigned("kong_clustering");
  const Identity after = TestAuthority::SelfSigned("kong_clustering");
  write(before);
  WebSocketServerOptions options;
  options.rotating_tls = *RotatingTls::Load(clock, tls, {"", stem + ".crt", stem + ".key"},
                                            RotatingTls::Side::kServer);
  Listen(std::move(options));
  const auto old = OpenWith(before.certificate_pem, before, "kong_clustering");
  ASSERT_TRUE(old.ok()) << old.status();
  write(after);
  clock.Advance(kRotationPause);
  EXPECT_FALSE(OpenWith(before.certificate_pem, before, "kong_clustering").ok());
  const auto fresh = OpenWith(after.certificate_pem, after, "kong_clustering");
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  (*old)->socket->Send(Text("still here"), true);
  RunUntil([&] { return !served_.front()->messages.empty(); });
  EXPECT_EQ(served_.front()->messages.front(), "still here");
}

}  // namespace
}  // namespace io
