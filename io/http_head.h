// The head of an HTTP/1.1 message, parsed by itself: for what begins as HTTP and then is not.
//
// Internal to io/. Implemented beside the parsers of server and client, so that no further file
// sees Beast. `head` ends with its empty line. Any thread; one pass over the bytes.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "io/http_message.h"
#include "io/http_server.h"

namespace io {

absl::StatusOr<HttpServerRequest> ParseRequestHead(std::string_view head);  // Of HTTP/1.1 only.
absl::StatusOr<HttpHead> ParseResponseHead(std::string_view head);

}  // namespace io
