// A connection is a Greeting until it is a socket: its head is read within a limit, then the owner
// decides. The server keeps the greetings that nobody else keeps: those that read, and those that
// linger after a refusal so that a reset does not take it away.
#include <unordered_set>
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

constexpr size_t kHeadBytesMax = 16 << 10;
constexpr absl::Duration kLinger = absl::Seconds(1);

class Greeting;

// What the greetings share and the server ends.
struct Hall {
  Loop& loop;
  WebSocketServerOptions options;
  WebSocketServer::Handler handler;
  std::unordered_set<std::shared_ptr<Greeting>> greetings = {};
};

class Greeting final : public std::enable_shared_from_this<Greeting> {
 public:
  using Then = absl::AnyInvocable<void(absl::StatusOr<std::unique_ptr<WebSocket>>)>;

  Greeting(std::shared_ptr<Hall> hall, std::unique_ptr<Stream> stream)
      : hall_(std::move(hall)), stream_(std::move(stream)), limit_(hall_->loop, [this] {
          const auto self = shared_from_this();
          Cut();
        }) {}

  void Start() {
    hall_->greetings.insert(shared_from_this());
    limit_.Set(hall_->options.handshake);
    Read();
  }

  void Cut() {
    limit_.Clear();
    stream_.reset();
    hall_->greetings.erase(shared_from_this());
    if (then_) {
      // Not from within the call: a failed Accept is told on the next turn.
      hall_->loop.Post([then = std::exchange(then_, nullptr)]() mutable {
        then(absl::UnavailableError("the connection ended during the WebSocket handshake"));
      });
    }
  }

  void Accept(std::string_view protocol, Then then) {
    then_ = std::move(then);
    if (stream_ == nullptr) return Cut();
    hall_->greetings.insert(shared_from_this());
    limit_.Set(hall_->options.handshake);
    Write(UpgradeAnswer(request_.headers.Find("Sec-WebSocket-Key"), protocol), [this] { Open(); });
  }

  void Refuse(int status, std::string_view body) {
    if (stream_ == nullptr) return;
    hall_->greetings.insert(shared_from_this());
    limit_.Set(kLinger);
    Write(Refusal(status, body), [this] {
      stream_->Finish();
      Discard();
    });
  }

 private:
  void Read() {
    stream_->Read([this](absl::StatusOr<std::string_view> bytes) {
      const auto self = shared_from_this();
      if (!bytes.ok() || bytes->empty()) return Cut();
      arrived_ += *bytes;
      OnArrived();
    });
  }

  void OnArrived() {
    const size_t end = arrived_.find("\r\n\r\n");
    if (end == std::string::npos) {
      if (arrived_.size() > kHeadBytesMax) return Refuse(400, "the head is too long\n");
      return Read();
    }
    auto request = ParseRequestHead(std::string_view(arrived_).substr(0, end + 4));
    arrived_.erase(0, end + 4);
    const absl::Status asked =
        request.ok() ? CheckUpgradeRequest(*request) : std::move(request).status();
    if (!asked.ok()) return Refuse(400, engine::Cat(engine::MessageOf(asked), '\n'));
    request_ = *std::move(request);
    Ask();
  }

  void Ask();

  // What is still sent is dropped until the peer ends or the limit passes.
  void Discard() {
    stream_->Read([this](absl::StatusOr<std::string_view> bytes) {
      const auto self = shared_from_this();
      if (!bytes.ok() || bytes->empty()) return Cut();
      Discard();
    });
  }

  void Write(std::string text, absl::AnyInvocable<void()> then) {
    WriteFrom(std::make_shared<const std::string>(std::move(text)), 0, std::move(then));
  }

  void WriteFrom(const std::shared_ptr<const std::string>& text, size_t from,
                 absl::AnyInvocable<void()> then) {
    stream_->WriteSome(
        text, from,
        [this, text, from, then = std::move(then)](const absl::StatusOr<size_t>& bytes) mutable {
          const auto self = shared_from_this();
          if (!bytes.ok()) return Cut();
          const size_t next = from + *bytes;
          if (next < text->size()) return WriteFrom(text, next, std::move(then));
          then();
        });
  }

  void Open() {
    limit_.Clear();
    hall_->greetings.erase(shared_from_this());
    std::exchange(then_, nullptr)(NewWebSocket(hall_->loop, std::move(stream_), Side::kServer,
                                               hall_->options.max_message_bytes, arrived_));
  }

  std::shared_ptr<Hall> hall_;
  std::unique_ptr<Stream> stream_;  // Null once it is cut or handed on.
  Deadline limit_;
  std::string arrived_;
  HttpServerRequest request_;
  Then then_;
};

// The owner's side of a greeting.
class GreetingAcceptor final : public WebSocketAcceptor {
 public:
  explicit GreetingAcceptor(std::shared_ptr<Greeting> greeting) : greeting_(std::move(greeting)) {}
  ~GreetingAcceptor() override {
    if (greeting_ != nullptr) greeting_->Cut();
  }
  void Accept(std::string protocol, Greeting::Then then) override {
    CHECK(greeting_ != nullptr, "a request is decided once");
    std::exchange(greeting_, nullptr)->Accept(protocol, std::move(then));
  }
  void Refuse(int status, std::string body) override {
    CHECK(greeting_ != nullptr, "a request is decided once");
    std::exchange(greeting_, nullptr)->Refuse(status, body);
  }

 private:
  std::shared_ptr<Greeting> greeting_;  // Null once decided.
};

void Greeting::Ask() {
  limit_.Clear();
  hall_->greetings.erase(shared_from_this());
  WebSocketRequest asked;
  asked.path = request_.path;
  asked.query = request_.query;
  asked.headers = request_.headers;
  asked.peer = stream_->peer();
  asked.peer_certificate_pem = stream_->peer_certificate_pem();
  hall_->handler(std::move(asked), std::make_unique<GreetingAcceptor>(shared_from_this()));
}

class StreamWebSocketServer final : public WebSocketServer {
 public:
  explicit StreamWebSocketServer(std::shared_ptr<Hall> hall) : hall_(std::move(hall)) {}
  ~StreamWebSocketServer() override {
    listener_ = nullptr;
    const auto greetings = std::exchange(hall_->greetings, {});
    for (const auto& greeting : greetings) greeting->Cut();
  }

  absl::Status Listen() {
    const WebSocketServerOptions& options = hall_->options;
    auto listener = ListenForStreams(
        hall_->loop,
        {options.address, options.port, options.tls, options.rotating_tls, options.handshake},
        [hall = hall_](std::unique_ptr<Stream> stream) {
          std::make_shared<Greeting>(hall, std::move(stream))->Start();
        });
    if (!listener.ok()) return listener.status();
    listener_ = *std::move(listener);
    return absl::OkStatus();
  }
  uint16_t port() const override { return listener_->port(); }

 private:
  std::shared_ptr<Hall> hall_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace

std::string WebSocketRequest::Parameter(std::string_view name) const {
  HttpServerRequest same;
  same.query = query;
  return same.Parameter(name).value_or("");
}

absl::StatusOr<std::unique_ptr<WebSocketServer>> WebSocketServer::Listen(
    Loop& loop, WebSocketServerOptions options, Handler handler) {
  auto hall = std::make_shared<Hall>(Hall{loop, std::move(options), std::move(handler)});
  auto server = std::make_unique<StreamWebSocketServer>(std::move(hall));
  if (absl::Status listening = server->Listen(); !listening.ok()) return listening;
  return server;
}

}  // namespace io
