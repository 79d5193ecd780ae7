// A clock that tests move, and an HttpClient whose answers tests write by hand.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/clock.h"
#include "io/http_client.h"

namespace k8s {

class FakeClock final : public io::Clock {
 public:
  absl::Time Now() const override { return absl::UnixEpoch() + uptime_; }
  absl::Duration Uptime() const override { return uptime_; }
  io::Timer After(absl::Duration delay, absl::AnyInvocable<void()> then) override {
    const auto key = std::pair(uptime_ + std::max(delay, absl::ZeroDuration()), ++last_);
    calls_[key] = std::move(then);
    return io::Timer(std::make_unique<Scheduled>(*this, key));
  }
  // Moves time on and makes the calls that are due, in their order.
  void Advance(absl::Duration by) {
    const absl::Duration until = uptime_ + by;
    while (!calls_.empty() && calls_.begin()->first.first <= until) {
      uptime_ = std::max(uptime_, calls_.begin()->first.first);
      auto call = std::move(calls_.begin()->second);
      calls_.erase(calls_.begin());
      call();
    }
    uptime_ = until;
  }
  size_t pending() const { return calls_.size(); }

 private:
  using Key = std::pair<absl::Duration, uint64_t>;
  struct Scheduled final : io::Timer::Pending {
    Scheduled(FakeClock& c, Key k) : clock(c), key(k) {}
    ~Scheduled() override { clock.calls_.erase(key); }
    FakeClock& clock;
    Key key;
  };
  absl::Duration uptime_ = absl::Hours(1);
  uint64_t last_ = 0;
  std::map<Key, absl::AnyInvocable<void()>> calls_;
};

class FakeHttp final : public io::HttpClient {
 public:
  struct Exchange {
    io::HttpRequest request;
    io::HttpDeadlines deadlines;
    io::HttpCallbacks callbacks;
    bool open = true;

    void Head(int status, io::Headers headers = {}) {
      if (open) callbacks.on_head({status, std::move(headers)});
    }
    void Body(std::string_view piece) {
      if (open) callbacks.on_body(piece);
    }
    void Done(absl::Status status = absl::OkStatus()) {
      if (std::exchange(open, false)) callbacks.on_done(std::move(status));
    }
    void Answer(int status, std::string_view body, io::Headers headers = {}) {
      Head(status, std::move(headers));
      Body(body);
      Done();
    }
  };

  std::unique_ptr<io::HttpCall> Fetch(io::HttpRequest request, io::HttpDeadlines deadlines,
                                      io::HttpCallbacks callbacks) override {
    all.push_back(
        std::make_shared<Exchange>(Exchange{std::move(request), deadlines, std::move(callbacks)}));
    return std::make_unique<Call>(all.back());
  }
  Exchange& last() { return *all.back(); }
  size_t open() const {
    return static_cast<size_t>(
        std::count_if(all.begin(), all.end(), [](const auto& each) { return each->open; }));
  }
  std::vector<std::shared_ptr<Exchange>> all;

 private:
  struct Call final : io::HttpCall {
    explicit Call(std::shared_ptr<Exchange> e) : exchange(std::move(e)) {}
    ~Call() override { exchange->open = false; }
    std::shared_ptr<Exchange> exchange;
  };
};

}  // namespace k8s
