#include "kong/hybrid/delta_socket.h"

#include <utility>

#include "engine/text.h"
#include "io/log.h"
#include "io/snappy.h"

namespace kong {
namespace {

constexpr absl::Duration kHelloMax = absl::Seconds(5);
constexpr absl::Duration kSilenceMax = absl::Seconds(45);
constexpr absl::Duration kLook = absl::Seconds(15);
constexpr uint64_t kMessageMax = 1 << 20;  // A hello has 13 kB, and nothing else is longer.
constexpr uint16_t kPolicy = 1008, kProtocolError = 1002;
constexpr size_t kReasonMax = 120;  // Of a close frame.

}  // namespace

DeltaSocket::DeltaSocket(io::Clock& clock, std::unique_ptr<io::WebSocket> socket,
                         DeltaSocketListener& listener)
    : clock_(clock), listener_(listener), heard_(clock.Uptime()), socket_(std::move(socket)) {
  timer_ = clock_.After(kHelloMax, [this] { Cut(kPolicy, "no hello within 5 s"); });
  socket_->Listen({.message = [this](std::string_view message, bool) { OnMessage(message); },
                   .ping =
                       [this](std::string_view payload) {
                         heard_ = clock_.Uptime();
                         if (state_ == State::kEnded) return;
                         socket_->Pong(std::string(payload));
                         if (open()) listener_.Alive(*this);
                       },
                   .pong = [this](std::string_view) { heard_ = clock_.Uptime(); },
                   .closed = [this](absl::Status status) { End(status); }});
}

void DeltaSocket::End(const absl::Status& status) {
  if (std::exchange(state_, State::kEnded) == State::kEnded) return;
  timer_.Cancel();
  listener_.Closed(*this, status);
}

void DeltaSocket::Cut(uint16_t code, std::string reason) {
  if (state_ == State::kEnded) return;
  socket_->Close(code, reason.substr(0, kReasonMax));
  End(absl::FailedPreconditionError(engine::ToAbsl(reason)));
}

void DeltaSocket::Watch() {
  const absl::Duration silence = clock_.Uptime() - heard_;
  if (silence >= kSilenceMax) return Cut(kPolicy, "no sign of life for 45 s");
  if (silence >= kSilenceMax / 2) socket_->Ping("");
  timer_ = clock_.After(kLook, [this] { Watch(); });
}

void DeltaSocket::OnMessage(std::string_view message) {
  heard_ = clock_.Uptime();
  if (state_ == State::kEnded) return;
  if (message.size() > kMessageMax) return Cut(kPolicy, "the message is too long");
  state_ == State::kHello ? OnHello(message) : OnRpc(message);
}

void DeltaSocket::OnHello(std::string_view message) {
  absl::StatusOr<RpcMessage> hello = ReadRpcMessage(message);
  if (!hello.ok()) return Cut(kPolicy, std::string(engine::MessageOf(hello.status())));
  if (hello->kind != RpcMessage::Kind::kHello || hello->id.empty()) {
    return Cut(kPolicy, "the first message must be a hello");
  }
  absl::Status status = listener_.Introduced(*this, *hello);
  if (!status.ok()) return Cut(kPolicy, std::string(engine::MessageOf(status)));
  state_ = State::kOpen;
  socket_->Send(std::make_shared<const std::string>(HelloAnswer(hello->id)), /*binary=*/true);
  timer_ = clock_.After(kLook, [this] { Watch(); });
}

void DeltaSocket::OnRpc(std::string_view block) {
  absl::StatusOr<std::string> text = io::Unsnap(block, kMessageMax);
  if (!text.ok()) return Cut(kProtocolError, std::string(engine::MessageOf(text.status())));
  absl::StatusOr<RpcMessage> message = ReadRpcMessage(*text);
  if (!message.ok()) return Cut(kProtocolError, std::string(engine::MessageOf(message.status())));
  listener_.Alive(*this);
  switch (message->kind) {
    case RpcMessage::Kind::kGetDelta:
      return listener_.Asked(*this, message->version, message->id);
    case RpcMessage::Kind::kValidationError:
      listener_.Rejected(*this, message->version, message->text);
      if (!message->id.empty())
        Send(std::make_shared<const std::string>(io::Snap(PlainTrue(message->id))));
      return;
    case RpcMessage::Kind::kAnswer:
      return;
    case RpcMessage::Kind::kFailure:
      return io::Debug("a data plane answers with an error", {{"error", message->text}});
    case RpcMessage::Kind::kHello:
    case RpcMessage::Kind::kOther:
      if (message->id.empty()) return;
      return Send(std::make_shared<const std::string>(
          io::Snap(MethodNotFound(message->id, message->method))));
  }
}

void DeltaSocket::Notify(uint64_t version, VersionSpelling spelling) {
  Send(std::make_shared<const std::string>(
      io::Snap(NotifyNewVersion(next_id_++, version, spelling))));
}

void DeltaSocket::Send(std::shared_ptr<const std::string> message) {
  if (open()) socket_->Send(std::move(message), /*binary=*/true);
}

}  // namespace kong
