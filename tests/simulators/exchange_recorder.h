// Test doubles for the simulators' seams: a clock that stands still until told, and a responder
// that keeps what it was given.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "io/clock.h"
#include "io/http_server.h"
#include "tools/simulators/json.h"

namespace simulators {

class ManualClock final : public io::Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(1'700'000'000) + uptime_; }
  absl::Duration Uptime() const override { return uptime_; }
  [[nodiscard]] io::Timer After(absl::Duration delay, absl::AnyInvocable<void()> then) override {
    auto key = std::pair(uptime_ + delay, ++count_);
    calls_->emplace(key, std::move(then));
    return io::Timer(std::make_unique<Call>(calls_, key));
  }
  void Advance(absl::Duration step) {
    absl::Duration target = uptime_ + step;
    while (!calls_->empty() && calls_->begin()->first.first <= target) {
      auto first = calls_->extract(calls_->begin());
      uptime_ = std::max(uptime_, first.key().first);
      first.mapped()();
    }
    uptime_ = target;
  }

 private:
  using Key = std::pair<absl::Duration, uint64_t>;
  using Calls = std::map<Key, absl::AnyInvocable<void()>>;
  struct Call final : io::Timer::Pending {
    Call(std::shared_ptr<Calls> all, Key one) : calls(std::move(all)), key(one) {}
    ~Call() override { calls->erase(key); }
    std::shared_ptr<Calls> calls;
    Key key;
  };
  absl::Duration uptime_ = absl::Seconds(100);
  uint64_t count_ = 0;
  std::shared_ptr<Calls> calls_ = std::make_shared<Calls>();
};

// What came of one exchange.
struct Recorded {
  int status = 0;
  io::Headers headers;
  std::string body;
  bool ended = false;
  bool aborted = false;
  bool dropped = false;  // The responder died unanswered.
  size_t queued = 0;     // What queued_bytes() says.
  absl::AnyInvocable<void()> on_closed;
  Json json() const { return ParseJson(body).value_or(Json()); }
};

class Recorder final : public io::HttpResponder {
 public:
  explicit Recorder(std::shared_ptr<Recorded> recorded) : to_(std::move(recorded)) {}
  ~Recorder() override {
    if (!to_->ended && !to_->aborted) to_->dropped = true;
  }
  void Respond(int status, io::Headers headers, std::string body) override {
    Begin(status, std::move(headers));
    Write(std::move(body));
    End();
  }
  void Begin(int status, io::Headers headers) override {
    to_->status = status;
    to_->headers = std::move(headers);
  }
  void Write(std::string piece) override { to_->body += piece; }
  void End() override { to_->ended = true; }
  void Abort() override { to_->aborted = true; }
  size_t queued_bytes() const override { return to_->queued; }
  void OnClosed(absl::AnyInvocable<void()> then) override { to_->on_closed = std::move(then); }

 private:
  std::shared_ptr<Recorded> to_;
};

// Sends one request to anything with Serve(request, responder).
struct Call {
  std::string method = "GET";
  std::string target = "/";  // With its query.
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

template <class Server>
std::shared_ptr<Recorded> Exchange(Server& server, const Call& call) {
  auto recorded = std::make_shared<Recorded>();
  io::HttpServerRequest request;
  request.method = call.method;
  size_t mark = call.target.find('?');
  request.path = call.target.substr(0, mark);
  if (mark != std::string::npos) request.query = call.target.substr(mark + 1);
  request.body = call.body;
  for (const auto& [name, value] : call.headers) request.headers.Add(name, value);
  server.Serve(std::move(request), std::make_unique<Recorder>(recorded));
  return recorded;
}

}  // namespace simulators
