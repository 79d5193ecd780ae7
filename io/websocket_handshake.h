// The HTTP that opens a WebSocket (RFC 6455, section 4), as text and as checks.
//
// Internal to io/. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "io/http_message.h"
#include "io/http_server.h"
#include "io/websocket.h"

namespace io {

std::string NewWebSocketKey();
std::string AcceptKey(std::string_view key);  // What proves that the server understood.

std::string UpgradeRequest(const WebSocketConnectOptions& options, std::string_view key);
// OK if the server's answer opens the socket that was asked for.
absl::Status CheckUpgradeAnswer(const HttpHead& head, std::string_view key,
                                std::string_view protocol);

// OK if the request asks for a socket that we can open.
absl::Status CheckUpgradeRequest(const HttpServerRequest& request);
std::string UpgradeAnswer(std::string_view key, std::string_view protocol);
std::string Refusal(int status, std::string_view body);

}  // namespace io
