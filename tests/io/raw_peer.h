// Peers that speak bytes instead of HTTP, to misbehave at will. They live on the test's own loop.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/stream.h"

namespace io {

// One end of a connection that collects what arrives and sends what it is told.
class RawEnd {
 public:
  explicit RawEnd(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

  // Calls `arrived` after each piece, and when the peer ended or cut the connection.
  void Listen(absl::AnyInvocable<void()> arrived) {
    arrived_ = std::move(arrived);
    Read();
  }
  void Send(std::string text, absl::AnyInvocable<void()> then = nullptr) {
    then_ = std::move(then);
    SendFrom(std::make_shared<const std::string>(std::move(text)), 0);
  }
  void Finish() { stream_->Finish(); }
  void Reset() {
    stream_->Reset();
    stream_.reset();
  }
  const std::string& seen() const { return seen_; }
  bool ended() const { return ended_; }

 private:
  void Read() {
    stream_->Read([this](absl::StatusOr<std::string_view> bytes) {
      ended_ = !bytes.ok() || bytes->empty();
      if (!ended_) {
        seen_ += *bytes;
        Read();
      }
      arrived_();
    });
  }
  void SendFrom(std::shared_ptr<const std::string> text, size_t from) {
    stream_->WriteSome(text, from, [this, text, from](absl::StatusOr<size_t> written) {
      if (written.ok() && from + *written < text->size()) return SendFrom(text, from + *written);
      if (then_) then_();
    });
  }

  std::unique_ptr<Stream> stream_;
  absl::AnyInvocable<void()> arrived_, then_;
  std::string seen_;
  bool ended_ = false;
};

// What a raw server does on one connection.
struct Script {
  enum class End { kStay, kFinish, kReset };
  std::vector<std::string> answers;  // One for each request head that has arrived.
  End end = End::kFinish;            // After the last of them.
  bool at_once = false;              // Without waiting for a request, and without reading.
  bool read = true;                  // False: the peer's bytes are left in the kernel.
};

// Serves each connection by the next of its scripts, and the last one from then on.
class RawServer {
 public:
  RawServer(Loop& loop, std::vector<Script> scripts,
            std::shared_ptr<const TlsContext> tls = nullptr)
      : scripts_(std::move(scripts)) {
    listener_ =
        *ListenForStreams(loop, {"127.0.0.1", 0, std::move(tls)},
                          [this](std::unique_ptr<Stream> stream) { Accept(std::move(stream)); });
  }
  uint16_t port() const { return listener_->port(); }
  size_t accepted() const { return connections_.size(); }
  const std::string& seen(size_t connection) const { return connections_[connection]->end.seen(); }

 private:
  struct Connection {
    RawEnd end;
    Script script;
    size_t answered = 0;
    size_t parsed = 0;
  };

  void Accept(std::unique_ptr<Stream> stream) {
    const Script& script = scripts_[std::min(connections_.size(), scripts_.size() - 1)];
    connections_.push_back(
        std::make_unique<Connection>(Connection{RawEnd(std::move(stream)), script}));
    Connection* connection = connections_.back().get();
    if (script.at_once) return Answer(connection);
    if (script.read) connection->end.Listen([this, connection] { Arrived(connection); });
  }

  void Arrived(Connection* connection) {
    const size_t head = connection->end.seen().find("\r\n\r\n", connection->parsed);
    if (head == std::string::npos || connection->answered > connection->script.answers.size())
      return;
    connection->parsed = head + 4;
    Answer(connection);
  }

  void Answer(Connection* connection) {
    const Script& script = connection->script;
    if (connection->answered >= script.answers.size()) return EndIt(connection);
    const bool last = ++connection->answered == script.answers.size();
    connection->end.Send(script.answers[connection->answered - 1], [this, connection, last] {
      if (last) EndIt(connection);
    });
  }

  static void EndIt(Connection* connection) {
    if (connection->script.end == Script::End::kFinish) connection->end.Finish();
    if (connection->script.end == Script::End::kReset) connection->end.Reset();
  }

  std::vector<Script> scripts_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace io
