// A small HTTP/1.1 server: metrics, health, diagnostics, and the simulators.
//
// Handlers run on the loop and may answer at once or later, whole or as a chunked stream.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "io/http_client.h"
#include "io/loop.h"
#include "io/tls.h"

namespace io {

struct HttpServerRequest {
  std::string method;
  std::string path;   // Percent-encoding kept, as it came.
  std::string query;  // Without the question mark.
  Headers headers;
  std::string body;
  // The decoded value of a query parameter, or nullopt. `a` and `a=` give an empty value.
  std::optional<std::string> Parameter(std::string_view name) const;
};

// The answer to one request. Loop thread only. Exactly one of: Respond, or Begin, Write*, End.
// Dropping it unanswered closes the connection without an answer, and so does Abort at any point.
class HttpResponder {
 public:
  virtual ~HttpResponder() = default;
  virtual void Respond(int status, Headers headers, std::string body) = 0;
  virtual void Begin(int status, Headers headers) = 0;  // A chunked body follows.
  virtual void Write(std::string piece) = 0;            // Queued; order is kept.
  virtual void End() = 0;
  virtual void Abort() = 0;                 // Resets the connection: a cut for tests.
  virtual size_t queued_bytes() const = 0;  // Written but not yet sent: a slow reader.
  // Called once if the peer goes away before End.
  virtual void OnClosed(absl::AnyInvocable<void()> then) = 0;
};

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;                      // 0: any free one.
  std::shared_ptr<const TlsContext> tls;  // Null: plain.
  uint64_t max_body_bytes = 64 << 20;     // More: 413.
  // The longest silence of a peer that has a request to send, or an answer to read. A handler may
  // take longer, and a stream that has nothing to write may rest.
  absl::Duration idle = absl::Seconds(75);
};

class HttpServer {
 public:
  using Handler = absl::AnyInvocable<void(HttpServerRequest, std::unique_ptr<HttpResponder>)>;
  static absl::StatusOr<std::unique_ptr<HttpServer>> Listen(Loop& loop, HttpServerOptions options,
                                                            Handler handler);
  virtual ~HttpServer() = default;  // Stops listening and closes every connection. Loop thread.
  virtual uint16_t port() const = 0;
  // Closes all connections but keeps listening: what a restart looks like from outside.
  virtual void CloseConnections() = 0;
};

}  // namespace io
