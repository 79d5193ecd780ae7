// HTTP/1.1 requests with streaming answers, over TCP or TLS, by callbacks on one loop.
//
// An HttpClient talks to one origin and keeps idle connections to it. Each Fetch is one exchange;
// its callbacks come in order: on_head once, on_body any number of times, on_done exactly once and
// last, with OK only if the answer arrived whole. After the returned Call is destroyed no callback
// comes. The interface is virtual because a simulated network implements it too.
//
// Errors by code: InvalidArgument (the request cannot be sent), Unavailable (no connection, or it
// ended before the answer's head), DeadlineExceeded (one of HttpDeadlines), DataLoss (the body was
// cut), Internal (what came is not HTTP). Their messages name method, origin and path, never query
// or header. An answer that comes before the request was sent whole is an answer, and ends the
// exchange.
#pragma once

#include <cstdint>
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
#include "io/url.h"

namespace io {

struct HttpRequest {
  std::string method = "GET";
  std::string
      target;  // Path and query as on the request line; the client adds the origin's base path.
  Headers headers;  // Host, Content-Length and Connection are the client's own.
  std::shared_ptr<const std::string> body;  // Shared, because a payload goes to many gateways.
};

struct HttpDeadlines {
  absl::Duration connect = absl::Seconds(10);  // Name resolution, TCP and TLS together.
  absl::Duration head = absl::Seconds(30);     // From the request's last byte to the answer's head.
  absl::Duration idle = absl::Seconds(60);  // Longest silence inside the body, and while sending.
};

struct HttpCallbacks {
  absl::AnyInvocable<void(const HttpHead&)> on_head;
  absl::AnyInvocable<void(std::string_view)> on_body;  // Valid during the call only.
  absl::AnyInvocable<void(absl::Status)> on_done;
};

// An exchange under way; destroying it ends it without a further callback.
class HttpCall {
 public:
  virtual ~HttpCall() = default;
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Loop thread only. Errors come through on_done, never from within Fetch itself.
  [[nodiscard]] virtual std::unique_ptr<HttpCall> Fetch(HttpRequest request,
                                                        HttpDeadlines deadlines,
                                                        HttpCallbacks callbacks) = 0;
};

struct HttpResponse {
  HttpHead head;
  std::string body;
};

// A whole answer of at most `max_bytes`; a longer one is ResourceExhausted.
[[nodiscard]] std::unique_ptr<HttpCall> FetchWhole(
    HttpClient& client, HttpRequest request, HttpDeadlines deadlines, size_t max_bytes,
    absl::AnyInvocable<void(absl::StatusOr<HttpResponse>)> then);

// The real client. Idle connections are kept for `keep_idle`; a request that meets a connection
// which the server closed meanwhile is sent once more on a new one, if nothing of the answer had
// arrived. One of `tls` and `rotating_tls` must be given iff url.tls. Keep it alive while calls are
// under way.
struct HttpClientOptions {
  Url origin;
  std::shared_ptr<const TlsContext> tls;
  absl::Duration keep_idle = absl::Seconds(30);
  // Asked before each request; idle connections that were made with other material are closed.
  std::shared_ptr<RotatingTls> rotating_tls = nullptr;
};
std::unique_ptr<HttpClient> NewHttpClient(Loop& loop, HttpClientOptions options);

}  // namespace io
