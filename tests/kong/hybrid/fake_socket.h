// A WebSocket in memory, whose other end is a test's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/websocket.h"
#include "tests/io/fake_network.h"

namespace kong {

// What a test sees of one socket, also after its owner destroyed it.
struct SocketEnd {
  io::WebSocketEvents events;
  std::vector<std::string> sent;  // Messages to the peer.
  std::vector<std::string> pongs;
  size_t pings = 0;
  std::optional<uint16_t> closed;
  std::string reason;
  bool alive = true;

  void Say(std::string_view message) {
    if (alive && !closed && events.message) events.message(message, true);
  }
  void Ping(std::string_view payload) {
    if (alive && !closed && events.ping) events.ping(payload);
  }
  void Cut() {
    if (alive && events.closed) std::exchange(events.closed, nullptr)(absl::OkStatus());
  }
  std::vector<std::string> Take() { return std::exchange(sent, {}); }
};

class FakeSocket final : public io::WebSocket {
 public:
  explicit FakeSocket(std::shared_ptr<SocketEnd> end) : end_(std::move(end)) {}
  ~FakeSocket() override { end_->alive = false; }
  void Listen(io::WebSocketEvents events) override { end_->events = std::move(events); }
  void Send(std::shared_ptr<const std::string> message, bool) override {
    end_->sent.push_back(*message);
  }
  void Ping(std::string) override { ++end_->pings; }
  void Pong(std::string payload) override { end_->pongs.push_back(std::move(payload)); }
  void Close(uint16_t code, std::string reason) override {
    end_->closed = code;
    end_->reason = std::move(reason);
  }
  size_t queued_bytes() const override { return 0; }

 private:
  std::shared_ptr<SocketEnd> end_;
};

}  // namespace kong
