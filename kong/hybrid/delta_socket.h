// One socket of a data plane that takes deltas: Kong opens one for each of its nginx workers.
//
// First the hello and its answer, plain; then each message in a block of Snappy. The socket knows
// the protocol and its clocks (a hello within 5 s, a sign of life within 45 s); what to answer is
// its listener's business. After Cut, or `closed`, it says nothing any more; whoever owns it
// destroys it later, not from within a call. Loop thread only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "io/clock.h"
#include "io/websocket.h"
#include "kong/hybrid/rpc_message.h"

namespace kong {

class DeltaSocket;

class DeltaSocketListener {
 public:
  virtual ~DeltaSocketListener() = default;
  // An error ends the socket; its message is for the data plane's log and ours.
  virtual absl::Status Introduced(DeltaSocket& socket, const RpcMessage& hello) = 0;
  // It has `version` and wants what it lacks. `id` is empty if it only says so.
  virtual void Asked(DeltaSocket& socket, uint64_t version, const std::string& id) = 0;
  virtual void Rejected(DeltaSocket& socket, uint64_t version, const std::string& text) = 0;
  virtual void Alive(DeltaSocket& socket) = 0;
  virtual void Closed(DeltaSocket& socket, const absl::Status& status) = 0;
};

class DeltaSocket {
 public:
  DeltaSocket(io::Clock& clock, std::unique_ptr<io::WebSocket> socket,
              DeltaSocketListener& listener);
  DeltaSocket(const DeltaSocket&) = delete;
  DeltaSocket& operator=(const DeltaSocket&) = delete;

  void Notify(uint64_t version, VersionSpelling spelling);
  void Send(std::shared_ptr<const std::string> message);  // Compressed.
  void Cut(uint16_t code, std::string reason);
  bool open() const { return state_ == State::kOpen; }
  bool ended() const { return state_ == State::kEnded; }

 private:
  enum class State { kHello, kOpen, kEnded };
  void OnMessage(std::string_view message);
  void OnHello(std::string_view message);
  void OnRpc(std::string_view block);
  void End(const absl::Status& status);
  void Watch();

  io::Clock& clock_;
  DeltaSocketListener& listener_;
  State state_ = State::kHello;
  uint64_t next_id_ = 0;
  absl::Duration heard_;
  io::Timer timer_;
  std::unique_ptr<io::WebSocket> socket_;
};

}  // namespace kong
