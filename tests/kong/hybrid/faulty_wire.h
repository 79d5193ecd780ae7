// A connection between a simulated data plane and the control plane that a test can spoil.
//
// What passes may be late (order is kept), come twice, or break off in the middle of a message. All
// in memory, on a clock that the test owns.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kong/hybrid/control_plane.h"
#include "tests/simulators/socket_pair.h"

namespace kong {

struct Wire {
  absl::Duration latency;
  int duplicates = 0;         // Of the next messages, in either direction.
  int halves = 0;             // Of the next messages, each the last of its connection.
  std::function<void()> cut;  // Ends the connections.
};

class FaultySocket final : public io::WebSocket {
 public:
  FaultySocket(io::FakeClock& clock, Wire& wire, std::unique_ptr<io::WebSocket> inner)
      : clock_(clock), wire_(wire), inner_(std::move(inner)) {}
  void Listen(io::WebSocketEvents events) override { inner_->Listen(std::move(events)); }
  void Send(std::shared_ptr<const std::string> message, bool binary) override {
    if (wire_.halves > 0) {
      --wire_.halves;
      message = std::make_shared<const std::string>(message->substr(0, message->size() / 2));
      clock_.Post([&wire = wire_] { wire.cut(); });
    }
    if (wire_.duplicates > 0) --wire_.duplicates, Later(message, binary);
    Later(std::move(message), binary);
  }
  void Ping(std::string payload) override { inner_->Ping(std::move(payload)); }
  void Pong(std::string payload) override { inner_->Pong(std::move(payload)); }
  void Close(uint16_t code, std::string reason) override { inner_->Close(code, std::move(reason)); }
  size_t queued_bytes() const override { return 0; }

 private:
  void Later(std::shared_ptr<const std::string> message, bool binary) {
    due_ = std::max(due_, clock_.Uptime() + wire_.latency);
    if (due_ == clock_.Uptime()) return inner_->Send(std::move(message), binary);
    under_way_.push_back(clock_.After(due_ - clock_.Uptime(),
                                      [this, message, binary] { inner_->Send(message, binary); }));
  }

  io::FakeClock& clock_;
  Wire& wire_;
  std::unique_ptr<io::WebSocket> inner_;
  absl::Duration due_;
  std::vector<io::Timer> under_way_;
};

// The listener: one side goes to the control plane, the other to who dialled.
class WireAcceptor final : public io::WebSocketAcceptor {
 public:
  WireAcceptor(io::FakeClock& clock, Wire& wire, std::shared_ptr<simulators::OnDialed> then)
      : clock_(clock), wire_(wire), then_(std::move(then)) {}
  void Accept(
      std::string,
      absl::AnyInvocable<void(absl::StatusOr<std::unique_ptr<io::WebSocket>>)> then) override {
    auto [ours, theirs] = simulators::FakeSocket::Pair(clock_);
    then(std::make_unique<FaultySocket>(clock_, wire_, std::move(ours)));
    (*then_)(std::make_unique<FaultySocket>(clock_, wire_, std::move(theirs)));
  }
  void Refuse(int, std::string) override { (*then_)(absl::UnavailableError("it was refused")); }

 private:
  io::FakeClock& clock_;
  Wire& wire_;
  std::shared_ptr<simulators::OnDialed> then_;
};

// `control_plane` is asked at each dial; null: nobody listens.
inline simulators::Dial DialThrough(io::FakeClock& clock, Wire& wire,
                                    std::unique_ptr<ControlPlane>& control_plane) {
  struct Attempt final : io::WebSocketAttempt {
    std::shared_ptr<bool> alive = std::make_shared<bool>(true);
  };
  return [&clock, &wire, &control_plane](std::string target, std::string protocol,
                                         simulators::OnDialed then) {
    auto attempt = std::make_unique<Attempt>();
    auto shared = std::make_shared<simulators::OnDialed>(std::move(then));
    clock.Post([&, shared, target, protocol, alive = std::weak_ptr<bool>(attempt->alive)] {
      if (alive.expired()) return;
      WireAcceptor refusing(clock, wire, shared);
      if (!control_plane) return refusing.Refuse(503, "");
      io::WebSocketRequest request;
      const size_t mark = target.find('?');
      request.path = target.substr(0, mark);
      if (mark != std::string::npos) request.query = target.substr(mark + 1);
      if (!protocol.empty()) request.headers.Add("Sec-WebSocket-Protocol", protocol);
      request.peer = "10.0.0.7:4711";
      control_plane->Accept(request, std::make_unique<WireAcceptor>(clock, wire, shared));
    });
    return attempt;
  };
}

}  // namespace kong
