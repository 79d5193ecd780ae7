// A WebSocket server and its clients against each other on loopback, plain or TLS.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "certificates.h"
#include "engine/text.h"
#include "io/websocket.h"
#include "loop_fixture.h"

namespace io {

// One end of a socket that notes what it hears.
struct End {
  std::unique_ptr<WebSocket> socket;
  std::vector<std::string> messages, pings, pongs;
  std::vector<bool> binary;
  std::optional<absl::Status> closed;
  absl::AnyInvocable<void()> heard;  // After each of these.
};

class WebSocketTest : public LoopTest {
 protected:
  void Listen(WebSocketServerOptions options = {}) {
    auto server = WebSocketServer::Listen(
        loop_, std::move(options),
        [this](WebSocketRequest request, std::unique_ptr<WebSocketAcceptor> acceptor) {
          requests_.push_back(std::move(request));
          if (decide_) return decide_(std::move(acceptor));
          acceptor->Accept(protocol_, [this](absl::StatusOr<std::unique_ptr<WebSocket>> socket) {
            ASSERT_TRUE(socket.ok()) << socket.status();
            served_.push_back(Adopt(*std::move(socket)));
            if (on_served_) on_served_(*served_.back());
          });
        });
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  // Listens, and ends the loop whenever something was heard unless told otherwise.
  std::unique_ptr<End> Adopt(std::unique_ptr<WebSocket> socket) {
    auto end = std::make_unique<End>();
    End* const e = end.get();
    e->socket = std::move(socket);
    e->heard = [this] { Done(); };
    WebSocketEvents events;
    events.message = [e](std::string_view message, bool binary) {
      e->messages.emplace_back(message);
      e->binary.push_back(binary);
      e->heard();
    };
    events.ping = [e](std::string_view payload) {
      e->pings.emplace_back(payload);
      e->heard();
    };
    events.pong = [e](std::string_view payload) {
      e->pongs.emplace_back(payload);
      e->heard();
    };
    events.closed = [e](absl::Status status) {
      EXPECT_FALSE(e->closed) << "closed twice";
      e->closed = std::move(status);
      e->heard();
    };
    e->socket->Listen(std::move(events));
    return end;
  }

  WebSocketConnectOptions To(std::string target = "/") const {
    WebSocketConnectOptions options;
    options.host = "127.0.0.1";
    options.port = server_->port();
    options.target = std::move(target);
    return options;
  }

  // The client's end, or why there is none.
  absl::StatusOr<std::unique_ptr<End>> Open(WebSocketConnectOptions options) {
    absl::StatusOr<std::unique_ptr<WebSocket>> result = absl::UnknownError("nothing happened");
    bool told = false;
    const size_t before = served_.size();
    const auto attempt = ConnectWebSocket(loop_, std::move(options),
                                          [&](absl::StatusOr<std::unique_ptr<WebSocket>> socket) {
                                            result = std::move(socket);
                                            told = true;
                                            Done();
                                          });
    on_served_ = [this](End&) { Done(); };
    while (!told || (result.ok() && served_.size() == before)) RunUntilDone();
    if (!result.ok()) return result.status();
    return Adopt(*std::move(result));
  }

  // A pair of ends that are open to each other: `client_`, and `served_.back()`.
  void OpenPair(WebSocketServerOptions options = {}) {
    Listen(std::move(options));
    auto client = Open(To());
    ASSERT_TRUE(client.ok()) << client.status();
    client_ = *std::move(client);
  }

  End& served() { return *served_.back(); }

  template <class Condition>
  void RunUntil(Condition condition) {
    for (int i = 0; i < 100'000 && !condition() && !HasFailure(); ++i) RunUntilDone();
    EXPECT_TRUE(condition());
  }

  static std::shared_ptr<const std::string> Text(std::string text) {
    return std::make_shared<const std::string>(std::move(text));
  }

  std::string protocol_;
  absl::AnyInvocable<void(std::unique_ptr<WebSocketAcceptor>)> decide_;
  absl::AnyInvocable<void(End&)> on_served_;
  std::vector<WebSocketRequest> requests_;
  std::vector<std::unique_ptr<End>> served_;
  std::unique_ptr<WebSocketServer> server_;
  std::unique_ptr<End> client_;
};

}  // namespace io
