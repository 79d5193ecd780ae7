#include <optional>
#include <utility>

#include "engine/assert.h"
#include "engine/text.h"
#include "io/deadline.h"
#include "io/http_head.h"
#include "io/stream.h"
#include "io/websocket.h"
#include "io/websocket_channel.h"
#include "io/websocket_handshake.h"

namespace io {
namespace {

constexpr size_t kHeadBytesMax = 64 << 10;

// Connects, asks, and reads the answer's head. Everything it waits for ends with it.
class StreamAttempt final : public WebSocketAttempt {
 public:
  using Then = absl::AnyInvocable<void(absl::StatusOr<std::unique_ptr<WebSocket>>)>;

  StreamAttempt(Loop& loop, WebSocketConnectOptions options, Then then)
      : loop_(loop),
        options_(std::move(options)),
        then_(std::move(then)),
        key_(NewWebSocketKey()),
        limit_(loop, [this] {
          Finish(absl::DeadlineExceededError("the WebSocket handshake did not end in time"));
        }) {
    const absl::Status checked = CheckHeaders(options_.headers);
    CHECK(checked.ok(), engine::MessageOf(checked));
    limit_.Set(options_.limit);
    connecting_ =
        Connect(loop_, {options_.host, options_.port, options_.tls, options_.limit},
                [this](absl::StatusOr<std::unique_ptr<Stream>> stream) {
                  if (!stream.ok()) return Finish(stream.status());
                  stream_ = *std::move(stream);
                  Write(std::make_shared<const std::string>(UpgradeRequest(options_, key_)), 0);
                  Read();
                });
  }

 private:
  void Write(const std::shared_ptr<const std::string>& text, size_t from) {
    stream_->WriteSome(text, from, [this, text, from](absl::StatusOr<size_t> bytes) {
      // A failure is told by the read, which may hold the reason: a refused certificate.
      if (bytes.ok() && from + *bytes < text->size()) Write(text, from + *bytes);
    });
  }

  void Read() {
    stream_->Read([this](absl::StatusOr<std::string_view> bytes) {
      if (!bytes.ok()) return Finish(bytes.status());
      if (bytes->empty()) {
        return Finish(absl::UnavailableError("the server ended the connection without an answer"));
      }
      arrived_ += *bytes;
      OnArrived();
    });
  }

  void OnArrived() {
    const size_t end = arrived_.find("\r\n\r\n");
    if (end == std::string::npos) {
      if (arrived_.size() <= kHeadBytesMax) return Read();
      return Finish(absl::InvalidArgumentError("the server's answer is no HTTP"));
    }
    const auto head = ParseResponseHead(std::string_view(arrived_).substr(0, end + 4));
    if (!head.ok()) return Finish(head.status());
    const absl::Status opened = CheckUpgradeAnswer(*head, key_, options_.protocol);
    if (!opened.ok()) return Finish(opened);
    Finish(NewWebSocket(loop_, std::move(stream_), Side::kClient, options_.max_message_bytes,
                        std::string_view(arrived_).substr(end + 4)));
  }

  // `then` may destroy the attempt.
  void Finish(absl::StatusOr<std::unique_ptr<WebSocket>> result) {
    limit_.Clear();
    connecting_.reset();
    stream_.reset();
    Then then = std::exchange(then_, nullptr);
    then(std::move(result));
  }

  Loop& loop_;
  WebSocketConnectOptions options_;
  Then then_;
  std::string key_, arrived_;
  Deadline limit_;
  std::unique_ptr<Connecting> connecting_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace

std::unique_ptr<WebSocketAttempt> ConnectWebSocket(
    Loop& loop, WebSocketConnectOptions options,
    absl::AnyInvocable<void(absl::StatusOr<std::unique_ptr<WebSocket>>)> then) {
  return std::make_unique<StreamAttempt>(loop, std::move(options), std::move(then));
}

}  // namespace io
