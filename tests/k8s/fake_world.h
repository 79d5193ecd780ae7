// An HttpClient whose answers tests write by hand, beside a clock that they move.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/http_client.h"
#include "tests/io/fake_clock.h"

namespace k8s {

using io::FakeClock;

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
