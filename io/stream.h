// Bytes to and from one peer, over TCP or TLS: what HTTP stands on.
//
// Internal to io/. It hides Asio from the HTTP code, so that sockets and TLS are compiled in one
// file and Beast's parsers, which need no sockets, in two others. Buffers belong to the stream or
// are shared with it, because an operation may outlive the object that started it by a turn of the
// loop. Loop thread only. Callbacks never come from within the call that asked for them, nor after
// the object they were given to is destroyed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "io/loop.h"
#include "io/rotating_tls.h"
#include "io/tls.h"

namespace io {

class Stream {
 public:
  using OnRead = absl::AnyInvocable<void(absl::StatusOr<std::string_view>)>;
  using OnWritten = absl::AnyInvocable<void(absl::StatusOr<size_t>)>;
  virtual ~Stream() = default;  // Closes.
  // What has arrived; an empty view is the peer's orderly end. It is valid until the next Read or
  // until the callback returns. One Read at a time.
  virtual void Read(OnRead then) = 0;
  // Sends some of `text` from the offset on and says how much. One WriteSome at a time.
  virtual void WriteSome(std::shared_ptr<const std::string> text, size_t from, OnWritten then) = 0;
  virtual void Finish() = 0;  // Nothing more will be written; the peer is told. Reading goes on.
  virtual void Reset() = 0;   // Makes the close that follows a reset instead of an orderly end.
  virtual std::string peer() const = 0;  // "10.1.2.3:45678"; empty once the peer is gone.
  // The leaf that the peer proved to have; empty without TLS or without a certificate.
  virtual std::string peer_certificate_pem() const = 0;
};

// An attempt under way; destroying it ends it without a callback.
class Connecting {
 public:
  virtual ~Connecting() = default;
};

struct ConnectOptions {
  std::string host;  // A name or an address, without brackets.
  uint16_t port = 0;
  std::shared_ptr<const TlsContext> tls;  // Null: plain.
  absl::Duration limit;                   // For name resolution, TCP and TLS together.
};

// Tries the addresses of the name in turn. Errors do not name host and port; callers do.
std::unique_ptr<Connecting> Connect(
    Loop& loop, ConnectOptions options,
    absl::AnyInvocable<void(absl::StatusOr<std::unique_ptr<Stream>>)> then);

class Listener {
 public:
  virtual ~Listener() = default;  // Stops listening.
  virtual uint16_t port() const = 0;
};

struct ListenOptions {
  std::string address;
  uint16_t port = 0;
  std::shared_ptr<const TlsContext> tls;  // Null: plain, unless there is the next.
  std::shared_ptr<RotatingTls> rotating_tls =
      nullptr;                                   // Asked for each connection, instead of `tls`.
  absl::Duration handshake = absl::Seconds(10);  // Of TLS.
};

// Each accepted stream is handed over when its TLS handshake, if any, is done.
absl::StatusOr<std::unique_ptr<Listener>> ListenForStreams(
    Loop& loop, ListenOptions options, absl::AnyInvocable<void(std::unique_ptr<Stream>)> then);

}  // namespace io
