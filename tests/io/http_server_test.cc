#include "io/http_server.h"

#include "http_fixture.h"
#include "raw_peer.h"

namespace io {
namespace {

using absl::StatusCode;
using engine::Cat;
using Responder = std::unique_ptr<HttpResponder>;

class HttpServerTest : public HttpTest {
 protected:
  // Answers each request with what it was.
  void ServeEcho(HttpServerOptions options = {}) {
    Serve(
        [](HttpServerRequest request, Responder responder) {
          responder->Respond(200, {}, Cat(request.method, ' ', request.path, ' ', request.body));
        },
        std::move(options));
  }

  // Holds each responder for the test, and ends the loop.
  void ServeLater(HttpServerOptions options = {}) {
    Serve(
        [this](HttpServerRequest, Responder responder) {
          responder_ = std::move(responder);
          Done();
        },
        std::move(options));
  }

  // Connects a peer that speaks bytes, sends `text` and runs until `enough` says so, or the end.
  std::unique_ptr<RawEnd> Dial() {
    std::unique_ptr<RawEnd> peer;
    const auto connecting =
        Connect(loop_, {"127.0.0.1", server_->port(), nullptr, absl::Seconds(10)},
                [&](absl::StatusOr<std::unique_ptr<Stream>> stream) {
                  peer = std::make_unique<RawEnd>(*std::move(stream));
                  Done();
                });
    RunUntilDone();
    return peer;
  }

  // All that the server sends until it closes.
  std::string Exchange(std::string text, bool finish = false) {
    const auto peer = Dial();
    peer->Listen([this, &peer] {
      if (peer->ended()) Done();
    });
    peer->Send(std::move(text), [&] {
      if (finish) peer->Finish();
    });
    RunUntilDone();
    return peer->seen();
  }

  Responder responder_;
};

constexpr const char* kClose = "Connection: close\r\n";

TEST_F(HttpServerTest, AnswersWithWhatTheHandlerSays) {
  Serve([](HttpServerRequest request, Responder responder) {
    Headers headers;
    headers.Add("X-Seen", Cat(request.method, ' ', request.path, ' ', request.query, ' ',
                              request.headers.Find("x-sent")));
    responder->Respond(201, headers, Cat("got ", request.body));
  });
  HttpRequest request = Post("/a%20b?c=d", "hello");
  request.headers.Add("X-Sent", "yes");
  const Answer answer = Fetch(request);
  ASSERT_TRUE(answer.ok()) << answer.message();
  EXPECT_EQ(answer.head.status, 201);
  EXPECT_EQ(answer.head.headers.Find("x-seen"), "POST /a%20b c=d yes");
  EXPECT_EQ(answer.body, "got hello");
}

TEST_F(HttpServerTest, WritesAnswersThatAnyClientReads) {
  ServeEcho();
  EXPECT_EQ(Exchange(Cat("GET /x HTTP/1.1\r\n", kClose, "\r\n")),
            "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nGET /x ");
  EXPECT_EQ(Exchange("GET /x HTTP/1.0\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nGET /x ");
  EXPECT_EQ(Exchange(Cat("HEAD /x HTTP/1.1\r\n", kClose, "\r\n")),
            "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\n");
}

TEST_F(HttpServerTest, StreamsInChunksAndToOldClientsToTheEnd) {
  Serve([](HttpServerRequest, Responder responder) {
    responder->Begin(200, {});
    responder->Write("hello ");
    responder->Write("");
    responder->Write("chunked world");
    responder->End();
  });
  EXPECT_EQ(Exchange(Cat("GET / HTTP/1.1\r\n", kClose, "\r\n")),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            "6\r\nhello \r\nd\r\nchunked world\r\n0\r\n\r\n");
  EXPECT_EQ(Exchange("GET / HTTP/1.0\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello chunked world");
  EXPECT_EQ(Exchange(Cat("HEAD / HTTP/1.1\r\n", kClose, "\r\n")),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(Fetch(Get("/")).body, "hello chunked world");
}

TEST_F(HttpServerTest, AnswersWithoutContentHaveNoLength) {
  Serve([](HttpServerRequest, Responder responder) { responder->Respond(204, {}, ""); });
  EXPECT_EQ(Exchange(Cat("GET / HTTP/1.1\r\n", kClose, "\r\n")),
            "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

TEST_F(HttpServerTest, AStreamMayGoOnForLongInOrder) {
  ServeLater();
  Answer answer;
  const auto call = Start(Get("/"), answer);
  RunUntilDone();
  responder_->Begin(200, {});
  std::string expected;
  for (int i = 0; i < 20'000; ++i) {
    const std::string piece =
        Cat("piece ", i, ' ', std::string(static_cast<size_t>(i % 100), 'x'), '\n');
    expected += piece;
    responder_->Write(piece);
    if (i % 1000 == 0) RunTurns(3);
  }
  responder_->End();
  RunUntilDone();
  EXPECT_TRUE(answer.ok()) << answer.message();
  EXPECT_EQ(answer.body, expected);
  EXPECT_EQ(responder_->queued_bytes(), 0u);
}

TEST_F(HttpServerTest, ASlowReaderShowsInTheQueue) {
  ServeLater();
  const auto peer = Dial();
  peer->Send("GET / HTTP/1.1\r\n\r\n");
  RunUntilDone();
  responder_->Begin(200, {});
  for (int i = 0; i < 64; ++i) responder_->Write(std::string(1 << 20, 'x'));
  RunTurns(100);
  EXPECT_GT(responder_->queued_bytes(), size_t{16} << 20);
  peer->Listen([&] {
    if (peer->seen().size() > (64 << 20)) Done();
  });
  RunUntilDone();
  RunTurns(10);
  EXPECT_EQ(responder_->queued_bytes(), 0u);
}

TEST_F(HttpServerTest, APeerThatLeavesAStreamIsNoticedOnce) {
  ServeLater();
  Answer answer;
  auto call = Start(Get("/"), answer);
  RunUntilDone();
  int closed = 0;
  responder_->Begin(200, {});
  responder_->OnClosed([&] {
    ++closed;
    Done();
  });
  call.reset();
  RunUntilDone();
  responder_->Write("to nobody");
  RunTurns(20);
  responder_->End();
  EXPECT_EQ(closed, 1);
}

TEST_F(HttpServerTest, OnClosedIsToldToWhoAsksLate) {
  ServeLater();
  Answer answer;
  auto call = Start(Get("/"), answer);
  RunUntilDone();
  responder_->Begin(200, {});
  call.reset();
  RunTurns(20);
  bool within = true, called_within = false;
  responder_->OnClosed([&] {
    called_within = within;
    Done();
  });
  within = false;
  RunUntilDone();
  EXPECT_FALSE(called_within);
}

TEST_F(HttpServerTest, AfterEndNobodyIsTold) {
  ServeLater();
  Answer answer;
  auto call = Start(Get("/"), answer);
  RunUntilDone();
  responder_->OnClosed([] { ADD_FAILURE(); });
  responder_->Respond(200, {}, "x");
  RunUntilDone();
  call.reset();
  client_.reset();
  RunTurns(20);
  EXPECT_TRUE(answer.ok());
}

TEST_F(HttpServerTest, AbortAndDroppingCutTheAnswer) {
  struct Case {
    const char* name;
    bool begin, abort;
    StatusCode code;
  };
  const Case cases[] = {{"dropped unanswered", false, false, StatusCode::kUnavailable},
                        {"dropped in its stream", true, false, StatusCode::kDataLoss},
                        {"aborted unanswered", false, true, StatusCode::kUnavailable},
                        {"aborted in its stream", true, true, StatusCode::kDataLoss}};
  for (const Case& c : cases) {
    ServeLater();
    Answer answer;
    const auto call = Start(Get("/"), answer);
    RunUntilDone();
    if (c.begin) {
      responder_->Begin(200, {});
      responder_->Write("half");
      RunTurns(20);
      EXPECT_EQ(answer.body, "half") << c.name;
    }
    if (c.abort) responder_->Abort();
    responder_.reset();
    RunUntilDone();
    EXPECT_EQ(answer.done->code(), c.code) << c.name << ' ' << answer.message();
  }
}

TEST_F(HttpServerTest, ABodyThatIsTooLargeIsRefusedReadably) {
  HttpServerOptions options;
  options.max_body_bytes = 1000;
  ServeEcho(options);
  EXPECT_EQ(Fetch(Post("/", std::string(1000, 'x'))).head.status, 200);
  EXPECT_EQ(Fetch(Post("/", std::string(1001, 'x'))).head.status, 413);
  // Far more than the kernel buffers: the answer must not be lost to a reset.
  const Answer large = Fetch(Post("/", std::string(64 << 20, 'x')));
  EXPECT_EQ(large.head.status, 413) << large.message();
  const std::string chunked = Exchange(Cat("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
                                           "3e9\r\n", std::string(1001, 'x'), "\r\n0\r\n\r\n"),
                                       true);
  EXPECT_TRUE(chunked.starts_with("HTTP/1.1 413 ")) << chunked;
  EXPECT_NE(chunked.find(kClose), std::string::npos);
}

TEST_F(HttpServerTest, WhatIsNotHttpIsRefusedAndCut) {
  ServeEcho();
  struct Case {
    const char* text;
    const char* status;
  };
  const std::string endless = "GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x');
  const Case cases[] = {
      {"hello\r\n\r\n", "400"},
      {"GET /\r\n\r\n", "400"},
      {"GET / HTTP/2.0\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nno colon\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
      {endless.c_str(), "431"},
  };
  for (const Case& c : cases) {
    const std::string answer = Exchange(c.text, true);
    EXPECT_TRUE(answer.starts_with(Cat("HTTP/1.1 ", c.status, ' '))) << c.text << "\n" << answer;
  }
}

TEST_F(HttpServerTest, RequestsOfOneConnectionAreAnsweredInTurn) {
  ServeEcho();
  const std::string answers = Exchange(Cat(
      "POST /1 HTTP/1.1\r\nContent-Length: 1\r\n\r\naGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n",
      kClose, "\r\n"));
  const size_t one = answers.find("POST /1 a"), two = answers.find("GET /2 "),
               three = answers.find("GET /3 ");
  EXPECT_LT(one, two);
  EXPECT_LT(two, three);
  EXPECT_NE(three, std::string::npos) << answers;
}

TEST_F(HttpServerTest, AHalfClosedPeerGetsItsAnswer) {
  ServeEcho();
  EXPECT_NE(Exchange("GET /x HTTP/1.1\r\n\r\n", true).find("\r\n\r\nGET /x "), std::string::npos);
}

TEST_F(HttpServerTest, APeerIsToldToSendItsBodyWhenItAsks) {
  ServeEcho();
  const auto peer = Dial();
  peer->Listen([&] { Done(); });
  peer->Send(
      Cat("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n", kClose, "\r\n"));
  RunUntilDone();
  EXPECT_EQ(peer->seen(), "HTTP/1.1 100 Continue\r\n\r\n");
  peer->Send("abc");
  while (!peer->ended()) RunUntilDone();
  EXPECT_TRUE(peer->seen().ends_with("POST / abc")) << peer->seen();
}

TEST_F(HttpServerTest, ASilentPeerIsClosedButAStreamMayRest) {
  HttpServerOptions options;
  options.idle = absl::Milliseconds(30);
  ServeLater(options);
  EXPECT_EQ(Exchange(""), "");
  EXPECT_EQ(Exchange("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na"), "");
  Answer answer;
  const auto call = Start(Get("/"), answer);
  RunUntilDone();
  responder_->Begin(200, {});
  const Timer rest = loop_.After(absl::Milliseconds(100), [&] {
    responder_->Write("still here");
    responder_->End();
  });
  RunUntilDone();
  EXPECT_TRUE(answer.ok()) << answer.message();
  EXPECT_EQ(answer.body, "still here");
}

TEST_F(HttpServerTest, ClosingConnectionsLooksLikeARestart) {
  ServeLater();
  Answer cut, next;
  const auto call = Start(Get("/"), cut);
  RunUntilDone();
  bool told = false;
  responder_->Begin(200, {});
  responder_->OnClosed([&] { told = true; });
  RunTurns(20);
  const Responder old = std::move(responder_);
  server_->CloseConnections();
  RunUntilDone();
  EXPECT_EQ(cut.done->code(), StatusCode::kDataLoss) << cut.message();
  EXPECT_TRUE(told);
  const auto again = Start(Get("/"), next);
  RunUntilDone();
  responder_->Respond(200, {}, "back");
  RunUntilDone();
  EXPECT_EQ(next.body, "back");
}

TEST_F(HttpServerTest, AnAnswerMayComeAfterTheServerIsGone) {
  ServeLater();
  Answer answer;
  const auto call = Start(Get("/"), answer);
  RunUntilDone();
  responder_->OnClosed([] { ADD_FAILURE() << "who waits may be gone too"; });
  server_.reset();
  responder_->Respond(200, {}, "late");
  responder_.reset();
  RunUntilDone();
  EXPECT_EQ(answer.done->code(), StatusCode::kUnavailable);
}

TEST_F(HttpServerTest, AHandlerMayEndItsServer) {
  Serve([this](HttpServerRequest, Responder) { server_.reset(); });
  EXPECT_EQ(Fetch(Get("/")).done->code(), StatusCode::kUnavailable);
  EXPECT_EQ(server_, nullptr);
}

TEST_F(HttpServerTest, APortThatIsTakenIsAnErrorThatNamesIt) {
  ServeEcho();
  HttpServerOptions options;
  options.port = server_->port();
  const auto second = HttpServer::Listen(loop_, options, nullptr);
  EXPECT_EQ(engine::MessageOf(second.status()),
            Cat("cannot listen on 127.0.0.1 port ", options.port, ": Address already in use"));
  options.address = "localhost";
  EXPECT_EQ(engine::MessageOf(HttpServer::Listen(loop_, options, nullptr).status()),
            "listen address \"localhost\" is not an IP address");
}

TEST(HttpServerRequestTest, ParametersAreDecoded) {
  HttpServerRequest request;
  request.query = "watch=true&labelSelector=a%3Db%2Cc&empty=&bare&x+y=1+2&twice=1&twice=2&&=none";
  EXPECT_EQ(request.Parameter("watch"), "true");
  EXPECT_EQ(request.Parameter("labelSelector"), "a=b,c");
  EXPECT_EQ(request.Parameter("empty"), "");
  EXPECT_EQ(request.Parameter("bare"), "");
  EXPECT_EQ(request.Parameter("x y"), "1 2");
  EXPECT_EQ(request.Parameter("twice"), "1");
  EXPECT_EQ(request.Parameter("absent"), std::nullopt);
  EXPECT_EQ(HttpServerRequest().Parameter(""), std::nullopt);
}

}  // namespace
}  // namespace io
