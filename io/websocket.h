// WebSockets (RFC 6455) over TCP or mutual TLS: what a control plane and its data planes talk
// through.
//
// One message is one unfragmented frame both ways, because Kong drops fragmented ones, and so do we
// (1003); answers to pings are the owner's business, because Kong's protocol puts meaning into
// both. Bytes of a message are shared with the socket, so one payload may go to hundreds of sockets
// without a copy. Loop thread only. Callbacks never come from within the call that asked for them,
// nor after the object they were given to is destroyed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "io/http_message.h"
#include "io/loop.h"
#include "io/rotating_tls.h"
#include "io/tls.h"

namespace io {

struct WebSocketEvents {
  // A whole message; the view is valid during the call.
  absl::AnyInvocable<void(std::string_view message, bool binary)> message;
  absl::AnyInvocable<void(std::string_view payload)> ping;  // Not answered by itself.
  absl::AnyInvocable<void(std::string_view payload)> pong;
  // Once, last: OK after an orderly close (1000, 1001, none, or our own that was answered). Another
  // code of the peer, a cut, and oversized (ResourceExhausted) or malformed frames are errors.
  absl::AnyInvocable<void(absl::Status)> closed;
};

// An open socket; destroying it cuts the connection.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  virtual void Listen(WebSocketEvents events) = 0;  // Once; nothing is read before.
  virtual void Send(std::shared_ptr<const std::string> message, bool binary) = 0;  // Order is kept.
  virtual void Ping(std::string payload) = 0;  // At most 125 bytes.
  virtual void Pong(std::string payload) = 0;
  virtual void Close(uint16_t code, std::string reason) = 0;  // `closed` follows.
  virtual size_t queued_bytes() const = 0;  // Sent to us but not yet to the peer: a slow reader.
};

// What a client asked for.
struct WebSocketRequest {
  std::string path;   // Percent-encoding kept, as it came.
  std::string query;  // Without the question mark.
  Headers headers;
  std::string peer;                  // "10.1.2.3:45678"
  std::string peer_certificate_pem;  // The leaf that the client proved to have; empty without TLS.
  std::string Parameter(std::string_view name) const;  // Decoded; empty if there is none.
};

// The decision about one request. Exactly one call; dropping it cuts the connection.
class WebSocketAcceptor {
 public:
  virtual ~WebSocketAcceptor() = default;
  // `protocol` is the answer's Sec-WebSocket-Protocol; empty: none.
  virtual void Accept(
      std::string protocol,
      absl::AnyInvocable<void(absl::StatusOr<std::unique_ptr<WebSocket>>)> then) = 0;
  virtual void Refuse(int status, std::string body) = 0;
};

struct WebSocketServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;                      // 0: any free one.
  std::shared_ptr<const TlsContext> tls;  // Null: plain, unless there is the next.
  // Instead of `tls`: sockets that are open stay, and new ones get what the files hold then.
  std::shared_ptr<RotatingTls> rotating_tls = nullptr;
  uint64_t max_message_bytes = 16 << 20;  // A longer one closes its socket with 1009.
  absl::Duration handshake = absl::Seconds(10);
};

class WebSocketServer {
 public:
  using Handler = absl::AnyInvocable<void(WebSocketRequest, std::unique_ptr<WebSocketAcceptor>)>;
  static absl::StatusOr<std::unique_ptr<WebSocketServer>> Listen(Loop& loop,
                                                                 WebSocketServerOptions options,
                                                                 Handler handler);
  virtual ~WebSocketServer() = default;  // Stops listening; open sockets belong to their owners.
  virtual uint16_t port() const = 0;
};

struct WebSocketConnectOptions {
  std::string host;
  uint16_t port = 0;
  std::string target;    // "/v1/outlet?node_id=…"
  std::string protocol;  // Sec-WebSocket-Protocol; empty: none.
  Headers headers;
  std::shared_ptr<const TlsContext> tls;
  uint64_t max_message_bytes = 256 << 20;
  absl::Duration limit = absl::Seconds(10);  // For everything up to the open socket.
};

// Opens a socket to a server. Destroying the attempt ends it without a callback.
class WebSocketAttempt {
 public:
  virtual ~WebSocketAttempt() = default;
};
std::unique_ptr<WebSocketAttempt> ConnectWebSocket(
    Loop& loop, WebSocketConnectOptions options,
    absl::AnyInvocable<void(absl::StatusOr<std::unique_ptr<WebSocket>>)> then);

}  // namespace io
