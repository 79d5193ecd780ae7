// A client of a simulated Kong over a network that a test owns.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "tests/io/fake_network.h"
#include "tools/simulators/kong_gateway.h"

namespace kong {

// The responder of a simulator, onto a fake network.
class FakeResponder final : public io::HttpResponder {
 public:
  explicit FakeResponder(std::shared_ptr<io::FakeReply> reply) : reply_(std::move(reply)) {}
  ~FakeResponder() override { Abort(); }
  void Respond(int status, io::Headers headers, std::string body) override {
    reply_->Send(status, body, std::move(headers));
  }
  void Begin(int status, io::Headers headers) override {
    reply_->Head({.status = status, .headers = std::move(headers)});
  }
  void Write(std::string piece) override { reply_->Body(piece); }
  void End() override { reply_->End(absl::OkStatus()); }
  void Abort() override { reply_->Fail(); }
  size_t queued_bytes() const override { return 0; }
  void OnClosed(absl::AnyInvocable<void()>) override {}

 private:
  std::shared_ptr<io::FakeReply> reply_;
};

// The gateway outlives the client.
inline std::unique_ptr<io::HttpClient> SimulatedClient(io::FakeClock& clock,
                                                       simulators::KongGateway& gateway) {
  return std::make_unique<io::FakeHttpClient>(
      clock, [&gateway](const io::HttpRequest& request, std::shared_ptr<io::FakeReply> reply) {
        io::HttpServerRequest served;
        served.method = request.method;
        const size_t mark = request.target.find('?');
        served.path = request.target.substr(0, mark);
        if (mark != std::string::npos) served.query = request.target.substr(mark + 1);
        served.headers = request.headers;
        if (request.body) served.body = *request.body;
        gateway.Serve(std::move(served), std::make_unique<FakeResponder>(std::move(reply)));
      });
}

}  // namespace kong
