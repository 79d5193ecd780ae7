// A network that tests own: nothing happens but what a test lets happen.
//
//   FakeClock clock;
//   FakeHttpClient client(clock, [](const io::HttpRequest& request, std::shared_ptr<FakeReply>
//   reply) {
//     reply->Send(200, "{}");                       // Or keep it and answer later, or never.
//   });
//   clock.Advance(absl::Seconds(10));
//
// Callbacks run only inside Advance, in order of time, then of making. Deadlines hold: an exchange
// without a head in time ends with DeadlineExceeded. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "io/http_client.h"
#include "tests/io/fake_clock.h"

namespace io {

// The server's end of one exchange; without effect once the exchange ended or its call was
// destroyed.
class FakeReply {
 public:
  FakeReply(FakeClock& clock, HttpDeadlines deadlines, HttpCallbacks callbacks)
      : callbacks_(std::move(callbacks)) {
    deadline_ = clock.After(deadlines.head,
                            [this] { End(absl::DeadlineExceededError("no answer in time")); });
  }
  void Head(HttpHead head) {
    deadline_.Cancel();
    if (open_) callbacks_.on_head(head);
  }
  void Body(std::string_view bytes) {
    if (open_) callbacks_.on_body(bytes);
  }
  void End(absl::Status status) {
    if (!std::exchange(open_, false)) return;
    deadline_.Cancel();
    HttpCallbacks callbacks = std::move(callbacks_);
    callbacks.on_done(std::move(status));
  }
  void Send(int status, std::string_view body, Headers headers = {}) {
    Head({.status = status, .headers = std::move(headers)});
    Body(body);
    End(absl::OkStatus());
  }
  void Fail() { End(absl::UnavailableError("the connection ended")); }
  void Forget() { open_ = false, deadline_.Cancel(); }
  bool open() const { return open_; }

 private:
  HttpCallbacks callbacks_;
  Timer deadline_;
  bool open_ = true;
};

class FakeHttpClient final : public HttpClient {
 public:
  using Serve = absl::AnyInvocable<void(const HttpRequest&, std::shared_ptr<FakeReply>)>;
  FakeHttpClient(FakeClock& clock, Serve serve)
      : clock_(clock), serve_(std::make_shared<Serve>(std::move(serve))) {}
  [[nodiscard]] std::unique_ptr<HttpCall> Fetch(HttpRequest request, HttpDeadlines deadlines,
                                                HttpCallbacks callbacks) override {
    auto reply = std::make_shared<FakeReply>(clock_, deadlines, std::move(callbacks));
    clock_.Post([serve = serve_, request = std::move(request), reply] {
      if (reply->open()) (*serve)(request, reply);
    });
    return std::make_unique<Call>(reply);
  }

 private:
  class Call final : public HttpCall {
   public:
    explicit Call(std::shared_ptr<FakeReply> reply) : reply_(std::move(reply)) {}
    ~Call() override { reply_->Forget(); }

   private:
    std::shared_ptr<FakeReply> reply_;
  };
  FakeClock& clock_;
  std::shared_ptr<Serve> serve_;
};

}  // namespace io
