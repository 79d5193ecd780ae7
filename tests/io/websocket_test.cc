#include "io/websocket.h"

#include "gmock/gmock.h"
#include "raw_peer.h"
#include "websocket_fixture.h"

namespace io {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(WebSocketTest, MessagesOfEverySizeArriveWholeAndInOrderBothWays) {
  OpenPair();
  const size_t sizes[] = {0, 1, 125, 126, 65535, 65536, 70001, 5 << 20};
  size_t sent = 0;
  for (const size_t size : sizes) {
    const bool binary = sent++ % 2 == 0;
    client_->socket->Send(Text(std::string(size, 'c')), binary);
    served().socket->Send(Text(std::string(size, 's')), binary);
  }
  RunUntil([&] { return client_->messages.size() == sent && served().messages.size() == sent; });
  for (size_t i = 0; i < sent; ++i) {
    EXPECT_TRUE(served().messages[i] == std::string(sizes[i], 'c')) << sizes[i];
    EXPECT_TRUE(client_->messages[i] == std::string(sizes[i], 's')) << sizes[i];
    EXPECT_EQ(client_->binary[i], i % 2 == 0);
  }
  EXPECT_EQ(client_->socket->queued_bytes(), 0U);
}

TEST_F(WebSocketTest, TheOwnerAnswersPings) {
  OpenPair();
  client_->socket->Ping("0123456789abcdef0123456789abcdef");
  RunUntil([&] { return !served().pings.empty(); });
  EXPECT_THAT(served().pings, ElementsAre("0123456789abcdef0123456789abcdef"));
  RunTurns(20);
  EXPECT_TRUE(client_->pongs.empty()) << "nobody answered";
  served().socket->Pong("mine");
  RunUntil([&] { return !client_->pongs.empty(); });
  EXPECT_THAT(client_->pongs, ElementsAre("mine"));
}

TEST_F(WebSocketTest, TheRequestSaysWhatTheClientAskedFor) {
  Listen();
  protocol_ = "kong.meta.v1";
  WebSocketConnectOptions options = To("/v1/outlet?node_id=a%20b&node_version=3.9.3");
  options.protocol = "kong.meta.v1";
  options.headers.Add("X-Kind", "test");
  const auto client = Open(options);
  ASSERT_TRUE(client.ok()) << client.status();
  const WebSocketRequest& request = requests_.back();
  EXPECT_EQ(request.path, "/v1/outlet");
  EXPECT_EQ(request.Parameter("node_id"), "a b");
  EXPECT_EQ(request.Parameter("node_version"), "3.9.3");
  EXPECT_EQ(request.Parameter("node_hostname"), "");
  EXPECT_EQ(request.headers.Find("sec-websocket-protocol"), "kong.meta.v1");
  EXPECT_EQ(request.headers.Find("X-Kind"), "test");
  EXPECT_EQ(request.peer.substr(0, 10), "127.0.0.1:");
  EXPECT_EQ(request.peer_certificate_pem, "");
}

TEST_F(WebSocketTest, AServerThatSpeaksAnotherProtocolIsRefused) {
  Listen();
  protocol_ = "kong.meta.v2";
  WebSocketConnectOptions options = To();
  options.protocol = "kong.meta.v1";
  const auto client = Open(options);
  EXPECT_THAT(std::string(engine::MessageOf(client.status())), HasSubstr("kong.meta.v1"));
}

TEST_F(WebSocketTest, ARefusalHasItsStatusAndADroppedRequestIsCut) {
  Listen();
  decide_ = [](std::unique_ptr<WebSocketAcceptor> acceptor) { acceptor->Refuse(404, "none\n"); };
  const auto refused = Open(To());
  EXPECT_THAT(std::string(engine::MessageOf(refused.status())), HasSubstr("404"));
  decide_ = [](std::unique_ptr<WebSocketAcceptor> acceptor) { acceptor.reset(); };
  EXPECT_EQ(Open(To()).status().code(), StatusCode::kUnavailable);
}

TEST_F(WebSocketTest, ADecisionMayComeLateAndAfterTheServerIsGone) {
  Listen();
  std::unique_ptr<WebSocketAcceptor> kept;
  decide_ = [&](std::unique_ptr<WebSocketAcceptor> acceptor) {
    kept = std::move(acceptor);
    Done();
  };
  absl::StatusOr<std::unique_ptr<WebSocket>> opened = absl::UnknownError("nothing");
  const auto attempt = ConnectWebSocket(loop_, To(), [&](auto socket) {
    opened = std::move(socket);
    Done();
  });
  RunUntilDone();
  server_ = nullptr;
  std::unique_ptr<WebSocket> served;
  kept->Accept("", [&](auto socket) { served = *std::move(socket); });
  EXPECT_EQ(served, nullptr) << "told from within the call";
  RunUntil([&] { return opened.ok(); });
  EXPECT_NE(served, nullptr);
}

TEST_F(WebSocketTest, ACloseIsAnsweredAndToldToBothOnce) {
  struct Case {
    uint16_t code;
    StatusCode peer;
  };
  for (const Case& c : {Case{1000, StatusCode::kOk}, Case{1001, StatusCode::kOk},
                        Case{4001, StatusCode::kUnavailable}}) {
    OpenPair();
    served().socket->Send(Text("last"), true);
    served().socket->Close(c.code, "the reason");
    served().socket->Send(Text("after the close"), true);
    RunUntil([&] { return client_->closed && served().closed; });
    EXPECT_EQ(*served().closed, absl::OkStatus()) << c.code;
    EXPECT_EQ(client_->closed->code(), c.peer) << *client_->closed;
    EXPECT_THAT(client_->messages, ElementsAre("last"));
    if (c.code == 4001) {
      EXPECT_EQ(engine::MessageOf(*client_->closed),
                "the peer closed the socket with code 4001: the reason");
    }
  }
}

TEST_F(WebSocketTest, ACutIsNoOrderlyEnd) {
  OpenPair();
  client_->socket = nullptr;
  RunUntil([&] { return served().closed.has_value(); });
  EXPECT_FALSE(served().closed->ok());
}

TEST_F(WebSocketTest, ASocketMayBeDestroyedInEachOfItsCallbacks) {
  for (const bool by_message : {true, false}) {
    OpenPair();
    End& end = served();
    end.heard = [&] {
      end.socket = nullptr;
      Done();
    };
    if (by_message) {
      client_->socket->Send(Text("one"), true);
      client_->socket->Send(Text("two"), true);
    } else {
      client_->socket->Close(1000, "");
    }
    RunUntil([&] { return end.socket == nullptr && client_->closed; });
    EXPECT_EQ(end.messages.size(), by_message ? 1U : 0U);
  }
}

TEST_F(WebSocketTest, FiveHundredSocketsShareOnePayload) {
  Listen();
  std::vector<std::unique_ptr<End>> clients;
  for (int i = 0; i < 500; ++i) {
    auto client = Open(To());
    ASSERT_TRUE(client.ok()) << client.status();
    clients.push_back(*std::move(client));
  }
  const auto payload = Text(std::string(300'000, 'p'));
  for (const auto& end : served_) end->socket->Send(payload, true);
  EXPECT_GE(payload.use_count(), 501) << "it was copied";
  size_t arrived = 0;
  for (const auto& client : clients) {
    client->heard = [&] {
      if (++arrived == clients.size()) Done();
    };
  }
  RunUntilDone();
  for (const auto& client : clients) EXPECT_TRUE(client->messages.front() == *payload);
}

TEST_F(WebSocketTest, ASlowReaderShowsInItsQueueAlone) {
  Listen();
  std::unique_ptr<WebSocket> slow;  // Nobody listens, so nothing is read.
  const auto attempt = ConnectWebSocket(loop_, To(), [&](auto socket) {
    slow = *std::move(socket);
    Done();
  });
  RunUntilDone();
  const auto fast = *Open(To());
  const auto payload = Text(std::string(32 << 20, 'p'));
  for (const auto& end : served_) end->socket->Send(payload, true);
  EXPECT_GE(served_.front()->socket->queued_bytes(), payload->size());
  // The client's limit is far above; the server's is what its own reader would refuse.
  RunUntil([&] { return !fast->messages.empty(); });
  RunUntil([&] { return served_.back()->socket->queued_bytes() == 0; });
  EXPECT_GT(served_.front()->socket->queued_bytes(), 1U << 20);
  served_.front()->socket = nullptr;
}

TEST_F(WebSocketTest, AnOversizedMessageClosesItsSocketAlone) {
  WebSocketServerOptions options;
  options.max_message_bytes = 1000;
  OpenPair(options);
  const auto other = *Open(To());
  client_->socket->Send(Text(std::string(1000, 'x')), true);
  client_->socket->Send(Text(std::string(1001, 'x')), true);
  End& end = *served_.front();
  RunUntil([&] { return client_->closed && end.closed; });
  EXPECT_EQ(end.messages.size(), 1U);
  EXPECT_EQ(end.closed->code(), StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(engine::MessageOf(*client_->closed)), HasSubstr("1009"));
  other->socket->Send(Text("still here"), true);
  RunUntil([&] { return !served_.back()->messages.empty(); });
}

// A client of bytes: sends a valid handshake, then whatever it likes.
class RawClient {
 public:
  RawClient(Loop& loop, uint16_t port) {
    connecting_ = Connect(loop, {"127.0.0.1", port, nullptr, absl::Seconds(5)},
                          [this, &loop](absl::StatusOr<std::unique_ptr<Stream>> stream) {
                            end_ = std::make_unique<RawEnd>(*std::move(stream));
                            end_->Listen([&loop] { loop.Stop(); });
                            loop.Stop();
                          });
  }
  RawEnd* operator->() { return end_.get(); }
  bool connected() const { return end_ != nullptr; }

 private:
  std::unique_ptr<Connecting> connecting_;
  std::unique_ptr<RawEnd> end_;
};

constexpr std::string_view kHandshake =
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

std::string Bytes(std::initializer_list<int> bytes) {
  std::string out;
  for (const int byte : bytes) out += static_cast<char>(byte);
  return out;
}

TEST_F(WebSocketTest, BrokenFramesCloseTheSocketWithTheirCode) {
  const std::string mask(4, '\0');
  const std::string valid = Bytes({0x82, 0x82}) + mask + "ok";
  struct Case {
    const char* name;
    std::string bytes;
    int code;
  };
  const Case cases[] = {
      {"not masked", Bytes({0x82, 0x02}) + "no", 1002},
      {"a fragment", Bytes({0x02, 0x82}) + mask + "no", 1003},
      {"a continuation", Bytes({0x80, 0x82}) + mask + "no", 1002},
      {"a reserved bit", Bytes({0xC2, 0x82}) + mask + "no", 1002},
      {"a reserved opcode", Bytes({0x83, 0x80}) + mask, 1002},
      {"a reserved control opcode", Bytes({0x8B, 0x80}) + mask, 1002},
      {"a long ping", Bytes({0x89, 0xFE, 0, 126}) + mask, 1002},
      {"a fragmented ping", Bytes({0x09, 0x80}) + mask, 1002},
      {"length in too many bytes", Bytes({0x82, 0xFE, 0, 2}) + mask + "no", 1002},
      {"length beyond everything",
       Bytes({0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}) + mask, 1009},
      {"text that is not UTF-8", Bytes({0x81, 0x82}) + mask + "\xFF\xFE", 1007},
      {"a close of one byte", Bytes({0x88, 0x81}) + mask + "x", 1002},
      {"a close with a forbidden code", Bytes({0x88, 0x82}) + mask + Bytes({3, 0xED}), 1002},
      {"junk", std::string(3000, '\xAA'), 1002},
  };
  for (const Case& c : cases) {
    Listen();
    RawClient raw(loop_, server_->port());
    RunUntil([&] { return raw.connected(); });
    raw->Send(std::string(kHandshake) + valid + c.bytes);
    RunUntil([&] { return raw->ended(); });
    raw->Finish();
    ASSERT_EQ(served_.size(), 1U) << c.name;
    RunUntil([&] { return served().closed.has_value(); });
    EXPECT_THAT(served().messages, ElementsAre("ok")) << c.name;
    EXPECT_FALSE(served().closed->ok()) << c.name;
    const std::string& seen = raw->seen();
    const size_t frame = seen.find("\r\n\r\n") + 4;
    ASSERT_GE(seen.size(), frame + 4) << c.name;
    EXPECT_EQ(static_cast<uint8_t>(seen[frame]), 0x88) << c.name;
    EXPECT_EQ(static_cast<uint8_t>(seen[frame + 2]) << 8 | static_cast<uint8_t>(seen[frame + 3]),
              c.code)
        << c.name;
    EXPECT_THAT(seen, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")) << c.name;
    served_.clear();
  }
}

TEST_F(WebSocketTest, WhatIsNoHandshakeIsRefusedBeforeAnybodyHears) {
  const std::string good(kHandshake);
  const auto without = [&](std::string_view line) {
    std::string text = good;
    text.erase(text.find(line), text.find("\r\n", text.find(line)) + 2 - text.find(line));
    return text;
  };
  const std::pair<const char*, std::string> cases[] = {
      {"not an upgrade", without("Upgrade")},      {"no connection header", without("Connection")},
      {"no key", without("Sec-WebSocket-Key")},    {"no version", without("Sec-WebSocket-Version")},
      {"another method", "POST" + good.substr(3)}, {"HTTP/1.0", "GET / HTTP/1.0" + good.substr(14)},
      {"junk", std::string(20'000, '\0')},         {"junk with an end", "\x16\x03\x01\r\n\r\n"},
  };
  for (const auto& [name, text] : cases) {
    Listen();
    RawClient raw(loop_, server_->port());
    RunUntil([&] { return raw.connected(); });
    raw->Send(text);
    RunUntil([&] { return raw->ended(); });
    EXPECT_EQ(raw->seen().substr(0, 12), "HTTP/1.1 400") << name;
    EXPECT_TRUE(requests_.empty()) << name;
  }
}

TEST_F(WebSocketTest, HalfOpenConnectionsEndAtTheDeadline) {
  WebSocketServerOptions options;
  options.handshake = absl::Milliseconds(50);
  Listen(options);
  for (const std::string_view part : {std::string_view(), kHandshake.substr(0, 40)}) {
    RawClient raw(loop_, server_->port());
    RunUntil([&] { return raw.connected(); });
    if (!part.empty()) raw->Send(std::string(part));
    RunUntil([&] { return raw->ended(); });
    EXPECT_EQ(raw->seen(), "");
  }
  EXPECT_TRUE(requests_.empty());
}

TEST_F(WebSocketTest, AServerThatDoesNotAnswerEndsTheAttemptInTime) {
  const RawServer silent(loop_, {Script{.answers = {}, .end = Script::End::kStay}});
  WebSocketConnectOptions options;
  options.host = "127.0.0.1";
  options.port = silent.port();
  options.target = "/";
  options.limit = absl::Milliseconds(50);
  absl::Status told;
  const auto attempt = ConnectWebSocket(loop_, options, [&](auto socket) {
    told = socket.status();
    Done();
  });
  RunUntilDone();
  EXPECT_EQ(told.code(), StatusCode::kDeadlineExceeded) << told;
}

TEST_F(WebSocketTest, AnAnswerThatDoesNotOpenASocketIsAnError) {
  const std::pair<const char*, const char*> cases[] = {
      {"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "status 403"},
      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
       "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
       "does not open a WebSocket"},
      {"\x15\x03\x03 not HTTP \r\n\r\n", "not HTTP/1.1"},
  };
  for (const auto& [answer, message] : cases) {
    const RawServer server(loop_, {Script{.answers = {answer}, .end = Script::End::kStay}});
    WebSocketConnectOptions options;
    options.host = "127.0.0.1";
    options.port = server.port();
    options.target = "/";
    absl::Status told;
    const auto attempt = ConnectWebSocket(loop_, options, [&](auto socket) {
      told = socket.status();
      Done();
    });
    RunUntilDone();
    EXPECT_THAT(std::string(engine::MessageOf(told)), HasSubstr(message));
  }
}

}  // namespace
}  // namespace io
