#include "io/http_server.h"

#include "http_fixture.h"

namespace io {
namespace {

using HttpServerTest = HttpTest;

TEST_F(HttpServerTest, AnswersWithWhatTheHandlerSays) {
  Serve([](HttpServerRequest request, std::unique_ptr<HttpResponder> responder) {
    Headers headers;
    headers.Add("X-Seen", engine::Cat(request.method, ' ', request.path, ' ', request.query, ' ',
                                      request.headers.Find("x-sent")));
    responder->Respond(201, headers, engine::Cat("got ", request.body));
  });
  HttpRequest request = Post("/a%20b?c=d", "hello");
  request.headers.Add("X-Sent", "yes");
  const Answer answer = Fetch(request);
  ASSERT_TRUE(answer.ok()) << answer.message();
  EXPECT_EQ(answer.head.status, 201);
  EXPECT_EQ(answer.head.headers.Find("x-seen"), "POST /a%20b c=d yes");
  EXPECT_EQ(answer.body, "got hello");
}

TEST_F(HttpServerTest, AnswersOverTls) {
  const TestAuthority authority;
  const Identity identity = authority.Issue("IP:127.0.0.1");
  TlsOptions server_tls, client_tls;
  server_tls.certificate_pem = identity.certificate_pem;
  server_tls.key_pem = identity.key_pem;
  client_tls.ca_pem = authority.pem();
  HttpServerOptions options;
  options.tls = *TlsContext::ForServer(server_tls);
  Serve([](HttpServerRequest request, std::unique_ptr<HttpResponder> responder) {
    responder->Respond(200, {}, request.body);
  }, options);
  MakeClient(server_->port(), *TlsContext::ForClient(client_tls));
  const std::string body(300'000, 'x');
  for (int i = 0; i < 3; ++i) {
    const Answer answer = Fetch(Post("/", body));
    ASSERT_TRUE(answer.ok()) << answer.message();
    EXPECT_EQ(answer.body, body);
  }
}

}  // namespace
}  // namespace io
