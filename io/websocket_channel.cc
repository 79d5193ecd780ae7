// An end comes in one of four ways, and `closed` says so once everything is over: the peer closed
// (we answer and are done), we closed (the peer answers, or a limit passes), the peer broke the
// rules (we tell it why and go on reading for a moment, because closing a connection with unread
// bytes resets it and could take the reason away), or the connection broke.
#include "io/websocket_channel.h"

#include <openssl/rand.h>

#include <deque>
#include <optional>
#include <utility>

#include "engine/assert.h"
#include "engine/text.h"
#include "io/deadline.h"
#include "io/websocket_frame.h"

namespace io {
namespace {

constexpr absl::Duration kCloseLimit = absl::Seconds(5);  // For the peer's answer to our close.
constexpr absl::Duration kLinger = absl::Seconds(1);
constexpr size_t kSmallMessage = 16 << 10;  // Sent in one piece with its head.

Mask NewMask() {
  Mask mask;
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(mask.data()), 4) == 1,
        "the system has no randomness");
  return mask;
}

class Channel : public std::enable_shared_from_this<Channel> {
 public:
  Channel(Loop& loop, std::unique_ptr<Stream> stream, Side side, uint64_t max_message_bytes)
      : loop_(loop),
        stream_(std::move(stream)),
        side_(side),
        reader_(/*masked=*/side == Side::kServer, max_message_bytes),
        limit_(loop, [this] {
          const auto self = shared_from_this();
          End(outcome_);
        }) {}

  void Append(std::string_view arrived) { reader_.Append(arrived); }

  void Listen(WebSocketEvents events) {
    CHECK(!events_, "a socket has one listener");
    events_ = std::move(events);
    loop_.Post([self = shared_from_this()] {
      self->listening_ = true;
      if (self->ended_) return self->TellClosed();
      self->Drain();
    });
  }

  void Send(Opcode opcode, std::shared_ptr<const std::string> payload) {
    if (closing_ || ended_) return;
    Enqueue(opcode, std::move(payload));
  }

  void Close(uint16_t code, std::string_view reason) {
    if (closing_ || ended_) return;
    SendClose(ClosePayload(code, reason));
    outcome_ = absl::DeadlineExceededError("the peer did not answer the close in time");
    limit_.Set(kCloseLimit);
  }

  // The owner is gone: nothing more is said.
  void Cut() {
    cut_ = true;
    Release();
  }

  size_t queued_bytes() const { return queued_; }

 private:
  using Bytes = std::shared_ptr<const std::string>;

  void Enqueue(Opcode opcode, Bytes payload) {
    if (broken_) return;
    std::optional<Mask> mask;
    if (side_ == Side::kClient) mask = NewMask();
    std::string head = FrameHead(opcode, payload->size(), mask);
    if (mask || payload->size() <= kSmallMessage) {
      const size_t head_bytes = head.size();
      head += *payload;
      if (mask) ApplyMask(head.data() + head_bytes, payload->size(), *mask);
      payload = nullptr;
    }
    Push(std::make_shared<const std::string>(std::move(head)));
    if (payload != nullptr) Push(std::move(payload));
    Write();
  }

  void Push(Bytes bytes) {
    queued_ += bytes->size();
    queue_.push_back(std::move(bytes));
  }

  void Write() {
    if (writing_ || queue_.empty()) return;
    writing_ = true;
    stream_->WriteSome(queue_.front(), written_, [this](absl::StatusOr<size_t> bytes) {
      const auto self = shared_from_this();
      writing_ = false;
      OnWritten(bytes);
    });
  }

  void OnWritten(const absl::StatusOr<size_t>& bytes) {
    if (ended_) return;
    if (!bytes.ok()) return OnWriteFailed(bytes.status());
    queued_ -= *bytes;
    written_ += *bytes;
    if (written_ == queue_.front()->size()) {
      queue_.pop_front();
      written_ = 0;
    }
    if (!queue_.empty()) return Write();
    if (peer_closed_) return End(outcome_);
    if (failed_) stream_->Finish();
  }

  // The peer may have said why before it went away: what it said is still to be read.
  void OnWriteFailed(const absl::Status& status) {
    broken_ = true;
    queue_.clear();
    queued_ = written_ = 0;
    if (peer_closed_) return End(outcome_);
    if (!failed_) outcome_ = status;
    limit_.Set(kLinger);
  }

  // Takes the frames that are there, then reads on.
  void Drain() {
    const auto self = shared_from_this();
    while (!ended_ && !failed_ && !peer_closed_) {
      auto next = reader_.Next();
      if (!next) break;
      if (const auto* error = std::get_if<FrameError>(&*next)) {
        Fail(*error);
      } else {
        OnFrame(std::get<Frame>(*next));
      }
    }
    if (!ended_) Read();
  }

  void Read() {
    stream_->Read([this](absl::StatusOr<std::string_view> bytes) {
      const auto self = shared_from_this();
      OnRead(bytes);
    });
  }

  void OnRead(const absl::StatusOr<std::string_view>& bytes) {
    if (ended_) return;
    if (!bytes.ok() || bytes->empty()) {
      if (peer_closed_ || failed_ || broken_) return End(outcome_);
      return End(bytes.ok() ? absl::DataLossError("the peer ended the connection without a close")
                            : bytes.status());
    }
    if (!failed_ && !peer_closed_) reader_.Append(*bytes);
    Drain();
  }

  void OnFrame(const Frame& frame) {
    if (frame.opcode == Opcode::kClose) return OnPeerClose(frame.payload);
    if (closing_) return;
    if (frame.opcode == Opcode::kPing) {
      if (events_->ping) events_->ping(frame.payload);
    } else if (frame.opcode == Opcode::kPong) {
      if (events_->pong) events_->pong(frame.payload);
    } else if (events_->message) {
      events_->message(frame.payload, frame.opcode == Opcode::kBinary);
    }
  }

  void OnPeerClose(std::string_view payload) {
    const std::optional<CloseReason> reason = ParseClose(payload);
    if (!reason) {
      return Fail({kCloseProtocolError, engine::InvalidArgument("malformed WebSocket close")});
    }
    const bool answers_us = closing_;
    if (!closing_) SendClose(std::string(payload.substr(0, 2)));
    const bool orderly = answers_us || reason->code == kCloseNormal ||
                         reason->code == kCloseGoingAway || reason->code == kCloseNone;
    outcome_ = orderly ? absl::OkStatus()
                       : engine::Unavailable("the peer closed the socket with code ", reason->code,
                                             reason->text.empty() ? "" : ": ", reason->text);
    peer_closed_ = true;
    if (queue_.empty()) return End(outcome_);
    limit_.Set(kCloseLimit);
  }

  void Fail(const FrameError& error) {
    if (!closing_) SendClose(ClosePayload(error.code, engine::MessageOf(error.status)));
    failed_ = true;
    outcome_ = error.status;
    if (queue_.empty()) stream_->Finish();
    limit_.Set(kLinger);
  }

  void SendClose(std::string payload) {
    Enqueue(Opcode::kClose, std::make_shared<const std::string>(std::move(payload)));
    closing_ = true;
  }

  void End(absl::Status status) {
    if (ended_) return;
    outcome_ = std::move(status);
    Release();
    if (listening_) TellClosed();
  }

  void Release() {
    ended_ = true;
    limit_.Clear();
    queue_.clear();
    queued_ = 0;
    stream_.reset();
  }

  void TellClosed() {
    if (!cut_ && events_->closed) events_->closed(outcome_);
  }

  Loop& loop_;
  std::unique_ptr<Stream> stream_;  // Null once it is over.
  const Side side_;
  FrameReader reader_;
  Deadline limit_;
  std::optional<WebSocketEvents> events_;
  std::deque<Bytes> queue_;
  size_t queued_ = 0;
  size_t written_ = 0;    // Of the front of the queue.
  absl::Status outcome_;  // What `closed` will say, as far as is known.
  bool writing_ = false;
  bool listening_ = false;
  bool closing_ = false;      // Our close is sent or queued: nothing follows it.
  bool peer_closed_ = false;  // The peer's has come: nothing is read any more.
  bool failed_ = false;       // The peer broke the rules: what it sends is dropped.
  bool broken_ = false;       // Nothing can be written any more.
  bool ended_ = false;
  bool cut_ = false;
};

class OwnedChannel final : public WebSocket {
 public:
  explicit OwnedChannel(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}
  ~OwnedChannel() override { channel_->Cut(); }
  void Listen(WebSocketEvents events) override { channel_->Listen(std::move(events)); }
  void Send(std::shared_ptr<const std::string> message, bool binary) override {
    channel_->Send(binary ? Opcode::kBinary : Opcode::kText, std::move(message));
  }
  void Ping(std::string payload) override { Control(Opcode::kPing, std::move(payload)); }
  void Pong(std::string payload) override { Control(Opcode::kPong, std::move(payload)); }
  void Close(uint16_t code, std::string reason) override { channel_->Close(code, reason); }
  size_t queued_bytes() const override { return channel_->queued_bytes(); }

 private:
  void Control(Opcode opcode, std::string payload) {
    CHECK(payload.size() <= 125, "a control frame holds 125 bytes");
    channel_->Send(opcode, std::make_shared<const std::string>(std::move(payload)));
  }

  std::shared_ptr<Channel> channel_;
};

}  // namespace

std::unique_ptr<WebSocket> NewWebSocket(Loop& loop, std::unique_ptr<Stream> stream, Side side,
                                        uint64_t max_message_bytes, std::string_view arrived) {
  auto channel = std::make_shared<Channel>(loop, std::move(stream), side, max_message_bytes);
  channel->Append(arrived);
  return std::make_unique<OwnedChannel>(std::move(channel));
}

}  // namespace io
