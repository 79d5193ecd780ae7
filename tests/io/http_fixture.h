// A server and a client of io/ against each other on loopback, plain or TLS.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "certificates.h"
#include "engine/text.h"
#include "io/http_client.h"
#include "io/http_server.h"
#include "loop_fixture.h"

namespace io {

// What an exchange told its caller.
struct Answer {
  int heads = 0;
  HttpHead head;
  std::string body;
  std::optional<absl::Status> done;
  bool ok() const { return done && done->ok(); }
  std::string message() const { return done ? done->ToString() : "not done"; }
};

class HttpTest : public LoopTest {
 protected:
  void Serve(HttpServer::Handler handler, HttpServerOptions options = {}) {
    auto server = HttpServer::Listen(loop_, std::move(options), std::move(handler));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    MakeClient(server_->port());
  }

  void MakeClient(uint16_t port, std::shared_ptr<const TlsContext> tls = nullptr,
                  std::string path = "") {
    HttpClientOptions options;
    options.origin = {tls != nullptr, "127.0.0.1", port, std::move(path)};
    options.tls = std::move(tls);
    client_ = NewHttpClient(loop_, std::move(options));
  }

  static HttpRequest Get(std::string target) {
    HttpRequest request;
    request.target = std::move(target);
    return request;
  }

  static HttpRequest Post(std::string target, std::string body) {
    HttpRequest request = Get(std::move(target));
    request.method = "POST";
    request.body = std::make_shared<const std::string>(std::move(body));
    return request;
  }

  // Starts an exchange that fills `answer` and then calls `then`, or ends the loop.
  std::unique_ptr<HttpCall> Start(HttpRequest request, Answer& answer,
                                  absl::AnyInvocable<void()> then = nullptr) {
    HttpCallbacks callbacks;
    callbacks.on_head = [&answer](const HttpHead& head) {
      ++answer.heads;
      answer.head = head;
    };
    callbacks.on_body = [&answer](std::string_view piece) { answer.body += piece; };
    callbacks.on_done = [this, &answer, then = std::move(then)](absl::Status status) mutable {
      EXPECT_FALSE(answer.done) << "done twice";
      answer.done = std::move(status);
      if (then) return then();
      Done();
    };
    return client_->Fetch(std::move(request), deadlines_, std::move(callbacks));
  }

  Answer Fetch(HttpRequest request) {
    Answer answer;
    const auto call = Start(std::move(request), answer);
    RunUntilDone();
    return answer;
  }

  HttpDeadlines deadlines_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<HttpClient> client_;
};

}  // namespace io
