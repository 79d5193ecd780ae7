// WebSocket frames (RFC 6455, section 5): cut from bytes that arrive, and written.
//
// Internal to io/. Kong's protocols have one message in one frame, so a fragment is an error here
// and a frame is a message. Nothing is allocated for what a head merely claims: the buffer grows
// with the bytes that came. One thread; each byte is copied once and unmasked in place.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"

namespace io {

enum class Opcode : uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

inline bool IsControl(Opcode opcode) { return opcode >= Opcode::kClose; }

inline constexpr uint16_t kCloseNormal = 1000, kCloseGoingAway = 1001, kCloseProtocolError = 1002,
                          kCloseUnsupported = 1003, kCloseNone = 1005, kCloseBadText = 1007,
                          kCloseTooBig = 1009;

struct Frame {
  Opcode opcode;
  std::string_view payload;
};

// Why a peer's frame ends its socket: the code to close with, and what to tell its owner.
struct FrameError {
  uint16_t code;
  absl::Status status;
};

class FrameReader {
 public:
  // Clients mask, servers do not; the other way round is an error.
  FrameReader(bool masked, uint64_t max_message_bytes)
      : masked_(masked), max_message_bytes_(max_message_bytes) {}

  void Append(std::string_view bytes);
  // The next frame, its error, or nothing if more bytes are needed. The payload is valid until the
  // next call of either method. After an error nothing more is to be asked.
  std::optional<std::variant<Frame, FrameError>> Next();

 private:
  std::optional<FrameError> CheckHead(Opcode opcode, bool last, uint64_t size) const;

  const bool masked_;
  const uint64_t max_message_bytes_;
  std::string arrived_;
  size_t from_ = 0;  // What lies before it was handed out.
};

// A close frame's payload taken apart; nothing if it is malformed.
struct CloseReason {
  uint16_t code = kCloseNone;
  std::string_view text;
};
std::optional<CloseReason> ParseClose(std::string_view payload);
std::string ClosePayload(uint16_t code, std::string_view reason);  // Cut to fit.

using Mask = std::array<char, 4>;
// The head of an unfragmented frame; with a mask, the payload must be masked with it.
std::string FrameHead(Opcode opcode, uint64_t size, const std::optional<Mask>& mask);
void ApplyMask(char* bytes, size_t size, const Mask& mask);

}  // namespace io
