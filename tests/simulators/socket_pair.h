// Two ends of a WebSocket in memory, on a clock that a test owns: what one sends the other hears
// when the clock moves.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/io/fake_network.h"
#include "tools/simulators/data_plane_dial.h"

namespace simulators {

class FakeSocket final : public io::WebSocket {
 public:
  static std::pair<std::unique_ptr<FakeSocket>, std::unique_ptr<FakeSocket>> Pair(
      io::FakeClock& clock) {
    auto shared = std::make_shared<Shared>(Shared{clock, {}});
    auto a = std::make_unique<FakeSocket>(shared, 0), b = std::make_unique<FakeSocket>(shared, 1);
    shared->ends = {a.get(), b.get()};
    return {std::move(a), std::move(b)};
  }

  struct Shared {
    io::FakeClock& clock;
    std::array<FakeSocket*, 2> ends;
  };
  FakeSocket(std::shared_ptr<Shared> shared, size_t side)
      : shared_(std::move(shared)), side_(side) {}
  ~FakeSocket() override {
    Tell([](io::WebSocketEvents& events) { events.closed(absl::UnavailableError("it was cut")); });
    shared_->ends[side_] = nullptr;
  }

  void Listen(io::WebSocketEvents events) override {
    events_ = std::make_shared<io::WebSocketEvents>(std::move(events));
    for (Event& event : std::exchange(early_, {})) {
      shared_->clock.Post([shared = shared_, side = side_, event = std::move(event)]() mutable {
        if (shared->ends[side] != nullptr) shared->ends[side]->Take(std::move(event));
      });
    }
  }
  void Send(std::shared_ptr<const std::string> message, bool binary) override {
    Tell([message, binary](io::WebSocketEvents& events) { events.message(*message, binary); });
  }
  void Ping(std::string payload) override {
    Tell([payload](io::WebSocketEvents& events) {
      if (events.ping) events.ping(payload);
    });
  }
  void Pong(std::string payload) override {
    Tell([payload](io::WebSocketEvents& events) {
      if (events.pong) events.pong(payload);
    });
  }
  void Close(uint16_t, std::string) override {
    Tell([](io::WebSocketEvents& events) { events.closed(absl::OkStatus()); });
  }
  size_t queued_bytes() const override { return 0; }

 private:
  using Event = absl::AnyInvocable<void(io::WebSocketEvents&)>;

  void Tell(Event event) {
    shared_->clock.Post([shared = shared_, other = 1 - side_, event = std::move(event)]() mutable {
      if (shared->ends[other] != nullptr) shared->ends[other]->Take(std::move(event));
    });
  }
  void Take(Event event) {
    if (events_ == nullptr) return early_.push_back(std::move(event));
    const auto kept = events_;  // The event may destroy this end.
    event(*kept);
  }

  std::shared_ptr<Shared> shared_;
  size_t side_;
  std::shared_ptr<io::WebSocketEvents> events_;
  std::vector<Event> early_;
};

// The control plane's side: every dial succeeds unless refused, and what planes say is noted.
class ScriptedControlPlane {
 public:
  struct Link {
    std::string target, protocol;
    std::unique_ptr<FakeSocket> socket;
    std::deque<std::string> heard, pings;
    bool closed = false;
  };

  explicit ScriptedControlPlane(io::FakeClock& clock) : clock_(clock) {}

  Dial Dialer() {
    return [this](std::string target, std::string protocol, OnDialed then) {
      auto call = std::make_shared<OnDialed>(std::move(then));
      clock_.Post([this, call, target = std::move(target), protocol = std::move(protocol)] {
        if (!*call) return;
        OnDialed tell = std::exchange(*call, nullptr);
        if (refuses_) return tell(absl::UnavailableError("refused"));
        auto [ours, theirs] = FakeSocket::Pair(clock_);
        links_.push_back(std::make_unique<Link>(Link{target, protocol, std::move(ours), {}, {}}));
        Note(*links_.back());
        tell(std::move(theirs));
      });
      return std::make_unique<Attempt>(call);
    };
  }
  void Refuse(bool refuses) { refuses_ = refuses; }
  Link& link(size_t i) { return *links_.at(i); }
  Link& last() { return *links_.back(); }
  size_t links() const { return links_.size(); }
  // Answers by itself from then on.
  void OnMessage(absl::AnyInvocable<void(Link&, const std::string&)> then) {
    on_message_ = std::move(then);
  }

 private:
  class Attempt final : public io::WebSocketAttempt {
   public:
    explicit Attempt(std::shared_ptr<OnDialed> call) : call_(std::move(call)) {}
    ~Attempt() override { *call_ = nullptr; }

   private:
    std::shared_ptr<OnDialed> call_;
  };

  void Note(Link& link) {
    io::WebSocketEvents events;
    events.message = [this, &link](std::string_view message, bool) {
      if (on_message_) return on_message_(link, std::string(message));
      link.heard.emplace_back(message);
    };
    events.ping = [&link](std::string_view payload) {
      link.pings.emplace_back(payload);
      link.socket->Pong("");
    };
    events.closed = [&link](absl::Status) { link.closed = true; };
    link.socket->Listen(std::move(events));
  }

  io::FakeClock& clock_;
  bool refuses_ = false;
  std::vector<std::unique_ptr<Link>> links_;
  absl::AnyInvocable<void(Link&, const std::string&)> on_message_;
};

}  // namespace simulators
