#include "engine/text.h"
#include "io/http_client.h"

namespace io {
namespace {

// Collects an answer. Its inner call is ended from within on_body when the answer grows too long.
class WholeCall final : public HttpCall {
 public:
  using Then = absl::AnyInvocable<void(absl::StatusOr<HttpResponse>)>;
  WholeCall(size_t max_bytes, Then then) : max_bytes_(max_bytes), then_(std::move(then)) {}

  void Start(HttpClient& client, HttpRequest request, HttpDeadlines deadlines) {
    HttpCallbacks callbacks;
    callbacks.on_head = [this](const HttpHead& head) { response_.head = head; };
    callbacks.on_body = [this](std::string_view piece) { OnBody(piece); };
    callbacks.on_done = [this](absl::Status status) { OnDone(std::move(status)); };
    call_ = client.Fetch(std::move(request), deadlines, std::move(callbacks));
  }

 private:
  void OnBody(std::string_view piece) {
    if (response_.body.size() + piece.size() <= max_bytes_) {
      response_.body += piece;
      return;
    }
    call_.reset();
    OnDone(absl::ResourceExhaustedError(
        engine::ToAbsl(engine::Cat("the answer is longer than ", max_bytes_, " bytes"))));
  }

  // `then` may destroy this call, so that nothing of it is touched afterwards.
  void OnDone(absl::Status status) {
    Then then = std::move(then_);
    if (!status.ok()) return then(std::move(status));
    HttpResponse response = std::move(response_);
    then(std::move(response));
  }

  size_t max_bytes_;
  Then then_;
  HttpResponse response_;
  std::unique_ptr<HttpCall> call_;
};

}  // namespace

std::unique_ptr<HttpCall> FetchWhole(HttpClient& client, HttpRequest request,
                                     HttpDeadlines deadlines, size_t max_bytes,
                                     absl::AnyInvocable<void(absl::StatusOr<HttpResponse>)> then) {
  auto call = std::make_unique<WholeCall>(max_bytes, std::move(then));
  call->Start(client, std::move(request), deadlines);
  return call;
}

}  // namespace io
