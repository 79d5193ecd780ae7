#include "io/http_client.h"

#include <algorithm>

#include "http_fixture.h"
#include "raw_peer.h"

namespace io {
namespace {

using End = Script::End;
using absl::StatusCode;
using engine::Cat;

class HttpClientTest : public HttpTest {
 protected:
  RawServer& ServeRaw(std::vector<Script> scripts) {
    raw_ = std::make_unique<RawServer>(loop_, std::move(scripts));
    MakeClient(raw_->port());
    return *raw_;
  }
  std::unique_ptr<RawServer> raw_;
};

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST_F(HttpClientTest, ReadsEveryWayToFrameABody) {
  struct Case {
    const char* name;
    std::string answer, body;
    int status;
  };
  const Case cases[] = {
      {"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", 200},
      {"chunks",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nT: "
       "1\r\n\r\n",
       "hello", 200},
      {"to the end", "HTTP/1.1 200 OK\r\n\r\nhello", "hello", 200},
      {"HTTP/1.0", "HTTP/1.0 404 No\r\n\r\nhello", "hello", 404},
      {"empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", 200},
      {"no content", "HTTP/1.1 204 No Content\r\n\r\n", "", 204},
      {"not modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "", 304},
      {"interim first",
       "HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 "
       "OK\r\nContent-Length: 1\r\n\r\nx",
       "x", 200},
      {"no reason", "HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\nx", "x", 200},
      {"empty to the end", "HTTP/1.1 200 OK\r\n\r\n", "", 200},
  };
  for (const Case& c : cases) {
    ServeRaw({{{c.answer}, End::kFinish}});
    const Answer answer = Fetch(Get("/"));
    EXPECT_TRUE(answer.ok()) << c.name << ' ' << answer.message();
    EXPECT_EQ(answer.heads, 1) << c.name;
    EXPECT_EQ(answer.head.status, c.status) << c.name;
    EXPECT_EQ(answer.body, c.body) << c.name;
    EXPECT_EQ(answer.head.headers.Find("A"), "") << c.name;
  }
}

TEST_F(HttpClientTest, AnAnswerMayArriveByteByByte) {
  const std::string text =
      "HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  std::unique_ptr<RawEnd> peer;
  size_t sent = 0;
  absl::AnyInvocable<void()> send = [&] {
    if (sent < text.size())
      peer->Send(std::string(1, text[sent++]), [&] { loop_.Post([&] { send(); }); });
  };
  const auto listener =
      *ListenForStreams(loop_, {"127.0.0.1", 0, nullptr}, [&](std::unique_ptr<Stream> stream) {
        peer = std::make_unique<RawEnd>(std::move(stream));
        send();
      });
  MakeClient(listener->port());
  const Answer answer = Fetch(Get("/"));
  EXPECT_TRUE(answer.ok()) << answer.message();
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.head.headers.Find("x-a"), "b");
}

TEST_F(HttpClientTest, ErrorsTellWhatWasCutAndWhere) {
  struct Case {
    const char* name;
    std::string answer;
    End end;
    StatusCode code;
    const char* message;
  };
  const Case cases[] = {
      {"nothing", "", End::kFinish, StatusCode::kUnavailable,
       "no answer: the server closed the connection"},
      {"nothing, reset", "", End::kReset, StatusCode::kUnavailable, "no answer: "},
      {"half a head", "HTTP/1.1 200 OK\r\nConte", End::kFinish, StatusCode::kUnavailable,
       "no answer: "},
      {"short length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", End::kFinish,
       StatusCode::kDataLoss, "the answer's body was cut: the server closed the connection"},
      {"short length, reset", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", End::kReset,
       StatusCode::kDataLoss, "the answer's body was cut: "},
      {"no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhell\r\n",
       End::kFinish, StatusCode::kDataLoss, "the answer's body was cut: "},
      {"inside a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhell",
       End::kFinish, StatusCode::kDataLoss, "the answer's body was cut: "},
      {"to the end, reset", "HTTP/1.1 200 OK\r\n\r\nhell", End::kReset, StatusCode::kDataLoss,
       "the answer's body was cut: "},
      {"not HTTP", "SSH-2.0-OpenSSH_9.2\r\n", End::kStay, StatusCode::kInternal,
       "the answer is not valid HTTP: "},
      {"bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", End::kStay,
       StatusCode::kInternal, "the answer is not valid HTTP: "},
      {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
       End::kStay, StatusCode::kInternal, "the answer is not valid HTTP: "},
      {"endless head", "HTTP/1.1 200 OK\r\n" + std::string(300'000, 'x'), End::kStay,
       StatusCode::kInternal, "the answer is not valid HTTP: "},
  };
  for (const Case& c : cases) {
    ServeRaw({c.answer.empty() ? Script{{}, c.end} : Script{{c.answer}, c.end}});
    const Answer answer = Fetch(Get("/a/b?secret=1"));
    ASSERT_TRUE(answer.done) << c.name;
    EXPECT_EQ(answer.done->code(), c.code) << c.name << ' ' << answer.message();
    const std::string start = Cat("GET http://127.0.0.1:", raw_->port(), "/a/b: ", c.message);
    EXPECT_EQ(engine::MessageOf(*answer.done).substr(0, start.size()), start) << c.name;
  }
}

TEST_F(HttpClientTest, ARefusedConnectionIsUnavailable) {
  uint16_t port = 0;
  {
    const RawServer gone(loop_, {{}});
    port = gone.port();
  }
  MakeClient(port);
  const Answer answer = Fetch(Get("/"));
  ASSERT_TRUE(answer.done);
  EXPECT_EQ(answer.message(),
            Cat("UNAVAILABLE: GET http://127.0.0.1:", port, "/: Connection refused"));
}

TEST_F(HttpClientTest, ANameIsResolvedAndItsAddressesAreTriedInTurn) {
  const RawServer& server = ServeRaw({{{kOk}, End::kFinish}});
  client_ = NewHttpClient(loop_, {{false, "localhost", server.port(), ""}, nullptr});
  EXPECT_TRUE(Fetch(Get("/")).ok());
  client_ = NewHttpClient(loop_, {{false, "no-such-host.invalid", 80, ""}, nullptr});
  const Answer answer = Fetch(Get("/"));
  EXPECT_EQ(answer.done->code(), StatusCode::kUnavailable);
  EXPECT_NE(answer.message().find("name lookup: "), std::string::npos) << answer.message();
}

TEST_F(HttpClientTest, SilenceEndsAtItsDeadline) {
  struct Case {
    const char* name;
    Script script;
    const char* message;
  };
  const Case cases[] = {
      {"no head", {{}, End::kStay}, "silence of 20ms before the answer's head"},
      {"half a head",
       {{"HTTP/1.1 200 OK\r\n"}, End::kStay},
       "silence of 20ms before the answer's head"},
      {"half a body",
       {{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"}, End::kStay},
       "silence of 30ms inside the answer's body"},
  };
  deadlines_.head = absl::Milliseconds(20);
  deadlines_.idle = absl::Milliseconds(30);
  for (const Case& c : cases) {
    ServeRaw({c.script});
    const Answer answer = Fetch(Get("/"));
    EXPECT_EQ(answer.done->code(), StatusCode::kDeadlineExceeded) << c.name;
    EXPECT_NE(answer.message().find(c.message), std::string::npos)
        << c.name << ' ' << answer.message();
  }
}

TEST_F(HttpClientTest, ARequestThatNobodyReadsEndsAtTheIdleDeadline) {
  ServeRaw({{{}, End::kStay, false, false}});
  deadlines_.idle = absl::Milliseconds(50);
  const Answer answer = Fetch(Post("/", std::string(64 << 20, 'x')));
  EXPECT_EQ(answer.done->code(), StatusCode::kDeadlineExceeded);
  EXPECT_NE(answer.message().find("while sending the request"), std::string::npos)
      << answer.message();
}

TEST_F(HttpClientTest, AnAnswerThatComesBeforeTheRequestWasSentIsAnAnswer) {
  const std::string refusal = "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig";
  for (const End end : {End::kStay, End::kFinish, End::kReset}) {
    for (const bool at_once : {true, false}) {
      ServeRaw({{{refusal}, end, at_once, true}});
      const Answer answer = Fetch(Post("/config", std::string(100 << 20, 'x')));
      // A reset may overtake the answer; then it must be an error of the connection.
      if (end == End::kReset && !answer.ok()) {
        EXPECT_EQ(answer.done->code(), StatusCode::kUnavailable) << answer.message();
        continue;
      }
      EXPECT_TRUE(answer.ok()) << answer.message();
      EXPECT_EQ(answer.head.status, 413);
      EXPECT_EQ(answer.body, "big");
    }
  }
}

TEST_F(HttpClientTest, AnEarlyAnswerEndsTheExchangeAndItsConnection) {
  const RawServer& server = ServeRaw({{{kOk}, End::kStay, true, false}, {{kOk}, End::kStay}});
  EXPECT_TRUE(Fetch(Post("/", std::string(100 << 20, 'x'))).ok());
  EXPECT_TRUE(Fetch(Get("/")).ok());
  EXPECT_EQ(server.accepted(), 2u);
}

TEST_F(HttpClientTest, AHundredMegabytesAreSentFromTheCallersString) {
  std::string seen;
  HttpServerOptions options;
  options.max_body_bytes = 200 << 20;
  Serve(
      [&](HttpServerRequest request, std::unique_ptr<HttpResponder> responder) {
        seen = std::move(request.body);
        responder->Respond(200, {}, "");
      },
      options);
  HttpRequest request = Post("/", std::string(100 << 20, 'x'));
  const auto body = request.body;
  const Answer answer = Fetch(request);
  EXPECT_TRUE(answer.ok()) << answer.message();
  EXPECT_EQ(seen.size(), body->size());
}

TEST_F(HttpClientTest, OneConnectionServesRequestsInTurn) {
  const RawServer& server = ServeRaw({{{kOk, kOk, kOk}, End::kStay}});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Fetch(Get("/")).ok());
  EXPECT_EQ(server.accepted(), 1u);
}

TEST_F(HttpClientTest, RequestsAtTheSameTimeHaveTheirOwnConnections) {
  const RawServer& server = ServeRaw({{{kOk, kOk}, End::kStay}});
  Answer one, two;
  int done = 0;
  const auto count = [&] {
    if (++done == 2) Done();
  };
  const auto first = Start(Get("/1"), one, count);
  const auto second = Start(Get("/2"), two, count);
  RunUntilDone();
  EXPECT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(server.accepted(), 2u);
}

TEST_F(HttpClientTest, AConnectionIsNotUsedAgainWhenTheServerSaysSo) {
  const RawServer& server = ServeRaw(
      {{{"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", kOk}, End::kStay},
       {{kOk}, End::kStay}});
  EXPECT_TRUE(Fetch(Get("/")).ok());
  EXPECT_TRUE(Fetch(Get("/")).ok());
  EXPECT_EQ(server.accepted(), 2u);
}

TEST_F(HttpClientTest, AnIdleConnectionThatTheServerClosedIsNotUsed) {
  const RawServer& server = ServeRaw({{{kOk}, End::kFinish}});
  EXPECT_TRUE(Fetch(Get("/")).ok());
  RunTurns(10);
  EXPECT_TRUE(Fetch(Post("/", "x")).ok());
  EXPECT_EQ(server.accepted(), 2u);
}

TEST_F(HttpClientTest, ARequestThatMeetsAClosingConnectionIsSentOnceMore) {
  // The first connection answers once and closes when it sees the second request.
  const RawServer& server = ServeRaw({{{kOk, ""}, End::kReset}, {{kOk}, End::kStay}});
  EXPECT_TRUE(Fetch(Get("/1")).ok());
  const Answer answer = Fetch(Post("/2", "body"));
  EXPECT_TRUE(answer.ok()) << answer.message();
  EXPECT_EQ(server.accepted(), 2u);
  EXPECT_NE(server.seen(1).find("POST /2 "), std::string::npos);
  EXPECT_NE(server.seen(1).find("\r\n\r\nbody"), std::string::npos);
}

TEST_F(HttpClientTest, ItIsSentOnceMoreOnlyOnce) {
  const RawServer& server = ServeRaw({{{kOk, ""}, End::kReset}, {{}, End::kReset}});
  EXPECT_TRUE(Fetch(Get("/1")).ok());
  EXPECT_EQ(Fetch(Get("/2")).done->code(), StatusCode::kUnavailable);
  EXPECT_EQ(server.accepted(), 2u);
}

TEST_F(HttpClientTest, ItIsNotSentAgainOnceSomethingWasAnswered) {
  const RawServer& server = ServeRaw({{{kOk, "HTTP/1.1 2"}, End::kFinish}, {{kOk}, End::kStay}});
  EXPECT_TRUE(Fetch(Get("/1")).ok());
  EXPECT_EQ(Fetch(Get("/2")).done->code(), StatusCode::kUnavailable);
  EXPECT_EQ(server.accepted(), 1u);
}

TEST_F(HttpClientTest, BytesAfterAnAnswerEndTheConnection) {
  const RawServer& server =
      ServeRaw({{{Cat(kOk, "HTTP/1.1 200 OK\r\n")}, End::kStay}, {{kOk}, End::kStay}});
  EXPECT_TRUE(Fetch(Get("/")).ok());
  EXPECT_EQ(Fetch(Get("/")).body, "ok");
  EXPECT_EQ(server.accepted(), 2u);
}

TEST_F(HttpClientTest, IdleConnectionsExpire) {
  const RawServer& server = ServeRaw({{{kOk, kOk}, End::kStay}});
  client_ = NewHttpClient(
      loop_, {{false, "127.0.0.1", server.port(), ""}, nullptr, absl::Milliseconds(5)});
  EXPECT_TRUE(Fetch(Get("/")).ok());
  const Timer wait = loop_.After(absl::Milliseconds(20), [&] { Done(); });
  RunUntilDone();
  EXPECT_TRUE(Fetch(Get("/")).ok());
  EXPECT_EQ(server.accepted(), 2u);
}

TEST_F(HttpClientTest, NothingIsCalledFromWithinFetchNorAfterTheCallIsDestroyed) {
  ServeRaw({{{kOk}, End::kStay}});
  Answer refused, dropped;
  HttpRequest bad = Get("/");
  bad.method = "NOT A TOKEN";
  const auto call = Start(bad, refused);
  EXPECT_FALSE(refused.done);
  auto other = Start(Get("/"), dropped);
  other.reset();
  RunUntilDone();
  RunTurns(20);
  EXPECT_EQ(refused.done->code(), StatusCode::kInvalidArgument);
  EXPECT_FALSE(dropped.done);
  EXPECT_EQ(dropped.heads, 0);
}

TEST_F(HttpClientTest, ACallMayBeDestroyedInAnyOfItsCallbacks) {
  for (const char* where : {"head", "body", "done"}) {
    ServeRaw({{{kOk}, End::kStay}});
    std::unique_ptr<HttpCall> call;
    std::string told;
    const auto held = std::make_shared<int>(1);
    const auto at = [&, held](std::string_view name) {
      told += Cat(name, ' ');
      if (name != where) return;
      call.reset();
      loop_.Post([&] { Done(); });
    };
    HttpCallbacks callbacks;
    callbacks.on_head = [at](const HttpHead&) { at("head"); };
    callbacks.on_body = [at](std::string_view) { at("body"); };
    callbacks.on_done = [at](const absl::Status&) { at("done"); };
    call = client_->Fetch(Get("/"), {}, std::move(callbacks));
    RunUntilDone();
    EXPECT_EQ(told, std::string("head body done ").substr(0, told.size()));
    EXPECT_TRUE(told.ends_with(Cat(where, ' ')));
    EXPECT_EQ(held.use_count(), 2) << "the callbacks are let go; `at` itself holds one";
  }
}

TEST_F(HttpClientTest, AnExchangeMayStartAnotherWhenItIsDone) {
  const RawServer& server = ServeRaw({{{kOk, kOk}, End::kStay}});
  Answer one, two;
  std::unique_ptr<HttpCall> second;
  const auto first = Start(Get("/1"), one, [&] { second = Start(Get("/2"), two); });
  RunUntilDone();
  EXPECT_TRUE(two.ok());
  EXPECT_EQ(server.accepted(), 1u);
}

TEST_F(HttpClientTest, WritesTheRequestLineAndItsOwnHeaders) {
  const RawServer& server = ServeRaw({{{kOk, kOk, kOk}, End::kStay}});
  MakeClient(server.port(), nullptr, "/base");
  HttpRequest request = Post("/a?b=c", "xyz");
  request.headers.Add("Host", "evil");
  request.headers.Add("Content-Length", "7");
  request.headers.Add("Accept", "application/json");
  EXPECT_TRUE(Fetch(request).ok());
  EXPECT_EQ(server.seen(0), Cat("POST /base/a?b=c HTTP/1.1\r\nHost: 127.0.0.1:", server.port(),
                                "\r\nAccept: application/json\r\nContent-Length: 3\r\n\r\nxyz"));
  request.body = nullptr;
  EXPECT_TRUE(Fetch(request).ok());
  EXPECT_TRUE(server.seen(0).ends_with("\r\nContent-Length: 0\r\n\r\n"));
}

TEST_F(HttpClientTest, RefusesRequestsThatWouldNotBeOne) {
  ServeRaw({{{kOk}, End::kStay}});
  HttpRequest header = Get("/"), method = Get("/"), target = Get("/a b"), line = Get("/a\r\nX: y");
  header.headers.Add("X", "a\r\nY: b");
  method.method = "";
  for (const HttpRequest& request : {header, method, target, line}) {
    EXPECT_EQ(Fetch(request).done->code(), StatusCode::kInvalidArgument);
  }
  MakeClient(1);
  client_ = NewHttpClient(loop_, {{true, "127.0.0.1", 1, ""}, nullptr});
  EXPECT_EQ(Fetch(Get("/")).done->code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(raw_->accepted(), 0u);
}

TEST_F(HttpClientTest, TheAnswerToHeadHasNoBodyWhateverItsLength) {
  const RawServer& server =
      ServeRaw({{{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", kOk}, End::kStay}});
  HttpRequest request = Get("/");
  request.method = "HEAD";
  const Answer answer = Fetch(request);
  EXPECT_TRUE(answer.ok()) << answer.message();
  EXPECT_EQ(answer.head.headers.Find("content-length"), "5");
  EXPECT_EQ(Fetch(Get("/")).body, "ok");
  EXPECT_EQ(server.accepted(), 1u);
}

TEST_F(HttpClientTest, TheClientMayGoWhileACallIsUnderWay) {
  ServeRaw({{{kOk}, End::kStay}});
  Answer answer;
  const auto call = Start(Get("/"), answer);
  client_.reset();
  RunUntilDone();
  EXPECT_TRUE(answer.ok());
}

class FetchWholeTest : public HttpClientTest {
 protected:
  absl::StatusOr<HttpResponse> Whole(size_t max_bytes) {
    absl::StatusOr<HttpResponse> result;
    std::unique_ptr<HttpCall> call;
    call = FetchWhole(*client_, Get("/"), deadlines_, max_bytes,
                      [&](absl::StatusOr<HttpResponse> response) {
                        result = std::move(response);
                        call.reset();  // Allowed, as in any callback.
                        Done();
                      });
    RunUntilDone();
    return result;
  }
};

TEST_F(FetchWholeTest, GivesHeadAndBody) {
  ServeRaw({{{"HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: "
              "chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"},
             End::kStay}});
  const auto response = Whole(3);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->head.status, 200);
  EXPECT_EQ(response->head.headers.Find("x"), "y");
  EXPECT_EQ(response->body, "abc");
}

TEST_F(FetchWholeTest, ALongerAnswerIsAnError) {
  ServeRaw(
      {{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"},
        End::kStay}});
  EXPECT_EQ(Whole(3).status().code(), StatusCode::kResourceExhausted);
}

TEST_F(FetchWholeTest, ACutAnswerIsAnError) {
  ServeRaw({{{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"}, End::kFinish}});
  EXPECT_EQ(Whole(3).status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace io
