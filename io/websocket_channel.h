// What follows a WebSocket's handshake: messages over a Stream, both ways.
//
// Internal to io/. The owner's object cuts when it is destroyed; what the kernel still works on
// keeps the channel alive until it is done. Loop thread only.
#pragma once

#include <memory>
#include <string>

#include "io/loop.h"
#include "io/stream.h"
#include "io/websocket.h"

namespace io {

enum class Side : uint8_t { kClient, kServer };

// `arrived`: what the peer sent right behind its handshake.
std::unique_ptr<WebSocket> NewWebSocket(Loop& loop, std::unique_ptr<Stream> stream, Side side,
                                        uint64_t max_message_bytes, std::string_view arrived);

}  // namespace io
