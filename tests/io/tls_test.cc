#include "io/tls.h"

#include <array>

#include "http_fixture.h"
#include "raw_peer.h"

namespace io {
namespace {

using absl::StatusCode;

TlsOptions Own(const Identity& identity) {
  TlsOptions options;
  options.certificate_pem = identity.certificate_pem;
  options.key_pem = identity.key_pem;
  return options;
}

TEST(TlsContextTest, ErrorsNameTheProblemAndNeverTheMaterial) {
  const TestAuthority authority;
  const Identity identity = authority.Issue("DNS:a"), other = authority.Issue("DNS:b");
  struct Case {
    const char* name;
    std::string ca, certificate, key;
    const char* message;
  };
  const std::string half = identity.certificate_pem.substr(0, identity.certificate_pem.size() / 2);
  const Case cases[] = {
      {"other key", "", identity.certificate_pem, other.key_pem,
       "the private key does not match the certificate"},
      {"no key", "", identity.certificate_pem, "",
       "a certificate is given without its private key"},
      {"no certificate", "", "", identity.key_pem,
       "a private key is given without its certificate"},
      {"locked key", "", identity.certificate_pem, TestAuthority::EncryptedKey(),
       "private key: it is encrypted; give it without a pass phrase"},
      {"key is none", "", identity.certificate_pem, "hunter2",
       "private key: it is not a PEM private key ("},
      {"key is a certificate", "", identity.certificate_pem, identity.certificate_pem,
       "private key: it is not a PEM private key ("},
      {"certificate is none", "", "hunter2", identity.key_pem,
       "certificate chain: there is no certificate in it (PEM expected)"},
      {"half a certificate", "", half, identity.key_pem, "certificate chain: certificate 1: "},
      {"bad link", "", identity.certificate_pem + half, identity.key_pem,
       "certificate chain: certificate 2: "},
      {"authority is none", "hunter2", "", "",
       "certificate authority: there is no certificate in it (PEM expected)"},
      {"NULs", std::string(100, '\0'), "", "",
       "certificate authority: there is no certificate in it (PEM expected)"},
  };
  for (const Case& c : cases) {
    TlsOptions options;
    options.ca_pem = c.ca;
    options.certificate_pem = c.certificate;
    options.key_pem = c.key;
    const auto context = TlsContext::ForClient(options);
    ASSERT_FALSE(context.ok()) << c.name;
    const std::string message(engine::MessageOf(context.status()));
    EXPECT_EQ(message.substr(0, std::string_view(c.message).size()), c.message) << c.name;
    EXPECT_EQ(message.find("hunter2"), std::string::npos) << c.name;
    EXPECT_EQ(message.find("BEGIN"), std::string::npos) << c.name;
  }
  EXPECT_TRUE(TlsContext::ForClient({}).ok()) << "the system's store";
  EXPECT_EQ(engine::MessageOf(TlsContext::ForServer({}).status()),
            "a TLS server needs a certificate and its private key");
}

class TlsTest : public HttpTest {
 protected:
  void ServeTls(const Identity& identity, std::string client_ca = "") {
    TlsOptions tls = Own(identity);
    tls.ca_pem = std::move(client_ca);
    HttpServerOptions options;
    auto context = TlsContext::ForServer(tls);
    ASSERT_TRUE(context.ok()) << context.status();
    options.tls = *context;
    Serve(
        [](HttpServerRequest request, std::unique_ptr<HttpResponder> responder) {
          responder->Respond(200, {}, std::move(request.body));
        },
        options);
  }

  Answer FetchWith(TlsOptions tls, const std::string& host = "127.0.0.1",
                   std::string body = "hello") {
    const auto context = TlsContext::ForClient(tls);
    EXPECT_TRUE(context.ok()) << context.status();
    client_ = NewHttpClient(loop_, {{true, host, server_->port(), ""}, *context});
    return Fetch(Post("/", std::move(body)));
  }

  TlsOptions Trusting() const {
    TlsOptions options;
    options.ca_pem = authority_.pem();
    return options;
  }

  TestAuthority authority_;
};

TEST_F(TlsTest, AnswersOnOneConnectionAndLargeBodies) {
  ServeTls(authority_.Issue("IP:127.0.0.1"));
  const std::string body(20 << 20, 'x');
  const Answer answer = FetchWith(Trusting(), "127.0.0.1", body);
  ASSERT_TRUE(answer.ok()) << answer.message();
  EXPECT_EQ(answer.body, body);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Fetch(Post("/", "again")).body, "again");
}

TEST_F(TlsTest, OnlyTheNameThatIsConnectedToOrGivenIsAccepted) {
  struct Case {
    const char *names, *host, *server_name;
    bool ok;
  };
  const Case cases[] = {
      {"IP:127.0.0.1", "127.0.0.1", "", true},
      {"IP:127.0.0.2", "127.0.0.1", "", false},
      {"DNS:127.0.0.1", "127.0.0.1", "", false},
      {"DNS:localhost", "localhost", "", true},
      {"DNS:kong.example", "localhost", "", false},
      {"DNS:kong.example", "127.0.0.1", "kong.example", true},
      {"DNS:*.kong.example", "127.0.0.1", "admin.kong.example", true},
      {"DNS:a*.kong.example", "127.0.0.1", "admin.kong.example", false},
      {"DNS:*.kong.example", "127.0.0.1", "a.b.kong.example", false},
      {"IP:127.0.0.1", "127.0.0.1", "kong.example", false},
  };
  for (const Case& c : cases) {
    ServeTls(authority_.Issue(c.names));
    TlsOptions tls = Trusting();
    tls.server_name = c.server_name;
    const Answer answer = FetchWith(tls, c.host);
    EXPECT_EQ(answer.ok(), c.ok) << c.names << ' ' << c.host << ' ' << c.server_name << ' '
                                 << answer.message();
    if (!c.ok) {
      EXPECT_NE(answer.message().find("the peer's certificate is refused: "), std::string::npos)
          << answer.message();
    }
  }
}

TEST_F(TlsTest, AnUnknownAuthorityIsRefusedUnlessVerifyingIsSkipped) {
  ServeTls(authority_.Issue("IP:127.0.0.1"));
  TlsOptions tls;
  tls.ca_pem = TestAuthority().pem();
  EXPECT_EQ(FetchWith(tls).done->code(), StatusCode::kUnavailable);
  EXPECT_EQ(FetchWith({}).done->code(), StatusCode::kUnavailable) << "the system's store";
  tls.skip_verify = true;
  tls.server_name = "another.example";
  EXPECT_TRUE(FetchWith(tls).ok());
}

TEST_F(TlsTest, AServerMayDemandACertificateOfItsOwnAuthority) {
  const TestAuthority clients, strangers;
  ServeTls(authority_.Issue("IP:127.0.0.1"), clients.pem());
  EXPECT_EQ(FetchWith(Trusting()).done->code(), StatusCode::kUnavailable);
  const Identity stranger = strangers.Issue("DNS:client"), client = clients.Issue("DNS:client");
  TlsOptions tls = Own(stranger);
  tls.ca_pem = authority_.pem();
  EXPECT_EQ(FetchWith(tls).done->code(), StatusCode::kUnavailable);
  tls = Own(client);
  tls.ca_pem = authority_.pem();
  EXPECT_TRUE(FetchWith(tls).ok());
  EXPECT_TRUE(Fetch(Post("/", "again")).ok());
}

TEST_F(TlsTest, TheHandshakeHasPartInTheConnectDeadline) {
  const RawServer mute(loop_, {{{}, Script::End::kStay, false, false}});
  MakeClient(mute.port(), *TlsContext::ForClient(Trusting()));
  deadlines_.connect = absl::Milliseconds(30);
  const Answer answer = Fetch(Get("/"));
  EXPECT_EQ(answer.done->code(), StatusCode::kDeadlineExceeded);
  EXPECT_NE(answer.message().find("TLS handshake did not end"), std::string::npos)
      << answer.message();
}

TEST_F(TlsTest, APlainServerIsAHandshakeError) {
  const RawServer plain(loop_, {{{"HTTP/1.1 400 Bad\r\n\r\n"}, Script::End::kFinish, true}});
  MakeClient(plain.port(), *TlsContext::ForClient(Trusting()));
  const Answer answer = Fetch(Get("/"));
  EXPECT_NE(answer.message().find("TLS handshake: "), std::string::npos) << answer.message();
}

TEST_F(TlsTest, APlainClientDoesNotHurtATlsServer) {
  ServeTls(authority_.Issue("IP:127.0.0.1"));
  MakeClient(server_->port());
  EXPECT_FALSE(Fetch(Get("/")).ok());
  EXPECT_TRUE(FetchWith(Trusting()).ok());
}

// Whoever can cut a connection could otherwise shorten a body that has no length.
TEST_F(TlsTest, ABodyToTheEndNeedsTheEndOfTls) {
  const std::string answer_text = "HTTP/1.1 200 OK\r\n\r\nhello";
  const auto tls = *TlsContext::ForServer(Own(authority_.Issue("IP:127.0.0.1")));
  for (const auto end : {Script::End::kFinish, Script::End::kReset}) {
    const RawServer server(loop_, {{{answer_text}, end}}, tls);
    MakeClient(server.port(), *TlsContext::ForClient(Trusting()));
    const Answer answer = Fetch(Get("/"));
    EXPECT_EQ(answer.ok(), end == Script::End::kFinish) << answer.message();
    EXPECT_EQ(answer.body, "hello");
  }
}

TEST_F(TlsTest, AnEarlyAnswerIsAnAnswerOverTlsToo) {
  const auto tls = *TlsContext::ForServer(Own(authority_.Issue("IP:127.0.0.1")));
  const std::string refusal =
      "HTTP/1.1 429 Slow Down\r\nRetry-After: 1\r\nContent-Length: 2\r\n\r\nno";
  const RawServer server(loop_, {{{refusal}, Script::End::kStay, true}}, tls);
  MakeClient(server.port(), *TlsContext::ForClient(Trusting()));
  const Answer answer = Fetch(Post("/", std::string(50 << 20, 'x')));
  EXPECT_TRUE(answer.ok()) << answer.message();
  EXPECT_EQ(answer.head.status, 429);
}

TEST_F(TlsTest, AChunkedStreamThatIsAbortedIsCut) {
  std::unique_ptr<HttpResponder> held;
  HttpServerOptions options;
  options.tls = *TlsContext::ForServer(Own(authority_.Issue("IP:127.0.0.1")));
  Serve(
      [&](HttpServerRequest, std::unique_ptr<HttpResponder> responder) {
        held = std::move(responder);
        held->Begin(200, {});
        held->Write("half");
        Done();
      },
      options);
  MakeClient(server_->port(), *TlsContext::ForClient(Trusting()));
  Answer answer;
  const auto call = Start(Get("/"), answer);
  RunUntilDone();
  RunTurns(50);
  held->Abort();
  RunUntilDone();
  EXPECT_EQ(answer.body, "half");
  EXPECT_EQ(answer.done->code(), StatusCode::kDataLoss) << answer.message();
}

}  // namespace
}  // namespace io
