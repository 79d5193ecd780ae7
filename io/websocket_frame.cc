#include "io/websocket_frame.h"

#include <algorithm>
#include <cstring>

#include "engine/text.h"
#include "io/utf8.h"

namespace io {
namespace {

constexpr size_t kControlBytesMax = 125;
constexpr size_t kKeptBytes = 256 << 10;  // A buffer that one large message grew is given back.

uint64_t ReadBigEndian(const char* bytes, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

void AppendBigEndian(std::string& out, uint64_t value, size_t count) {
  for (size_t i = count; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

// How many bytes after the first two hold the size.
size_t SizeBytes(uint8_t small) { return small == 127 ? 8 : small == 126 ? 2 : 0; }

FrameError Malformed(std::string_view what) {
  return {kCloseProtocolError, engine::InvalidArgument("malformed WebSocket frame: ", what)};
}

bool IsKnown(Opcode opcode) {
  return opcode <= Opcode::kBinary || (opcode >= Opcode::kClose && opcode <= Opcode::kPong);
}

}  // namespace

void FrameReader::Append(std::string_view bytes) {
  if (from_ == arrived_.size()) {
    arrived_.clear();
    if (arrived_.capacity() > kKeptBytes) arrived_.shrink_to_fit();
  } else {
    arrived_.erase(0, from_);
  }
  from_ = 0;
  arrived_ += bytes;
}

std::optional<FrameError> FrameReader::CheckHead(Opcode opcode, bool last, uint64_t size) const {
  if (!IsKnown(opcode)) return Malformed("an unknown opcode");
  if (IsControl(opcode)) {
    if (!last || size > kControlBytesMax) return Malformed("a control frame that is not short");
    return std::nullopt;
  }
  if (opcode == Opcode::kContinuation) return Malformed("a continuation of nothing");
  if (!last) {
    return FrameError{kCloseUnsupported,
                      engine::InvalidArgument("a fragmented WebSocket message; send one frame")};
  }
  if (size > max_message_bytes_) {
    return FrameError{kCloseTooBig,
                      absl::ResourceExhaustedError(engine::ToAbsl(engine::Cat(
                          "a WebSocket message of ", size, " bytes exceeds the limit of ",
                          max_message_bytes_, " bytes")))};
  }
  return std::nullopt;
}

std::optional<std::variant<Frame, FrameError>> FrameReader::Next() {
  char* head = arrived_.data() + from_;
  const size_t there = arrived_.size() - from_;
  if (there < 2) return std::nullopt;
  const auto flags = static_cast<uint8_t>(head[0]), second = static_cast<uint8_t>(head[1]);
  if ((flags & 0x70) != 0) return Malformed("a reserved bit is set, but no extension was agreed");
  if (((second & 0x80) != 0) != masked_) {
    return Malformed(masked_ ? "a client must mask" : "a server must not mask");
  }
  const uint8_t small = second & 0x7F;
  const size_t size_bytes = SizeBytes(small), mask_bytes = masked_ ? 4 : 0;
  const size_t head_bytes = 2 + size_bytes + mask_bytes;
  if (there < 2 + size_bytes) return std::nullopt;
  const uint64_t size = size_bytes == 0 ? small : ReadBigEndian(head + 2, size_bytes);
  if (size_bytes != 0 && size < (size_bytes == 2 ? 126U : 0x10000U)) {
    return Malformed("its length is not written the short way");
  }
  const auto opcode = static_cast<Opcode>(flags & 0x0F);
  if (auto error = CheckHead(opcode, (flags & 0x80) != 0, size)) return *std::move(error);
  if (there < head_bytes || there - head_bytes < size) return std::nullopt;
  char* payload = head + head_bytes;
  if (masked_) {
    Mask mask;
    std::copy_n(payload - 4, 4, mask.begin());
    ApplyMask(payload, size, mask);
  }
  from_ += head_bytes + size;
  const std::string_view view(payload, size);
  if (opcode == Opcode::kText && FindInvalidUtf8(view) != std::string_view::npos) {
    return FrameError{kCloseBadText, engine::InvalidArgument("a text message is not UTF-8")};
  }
  return Frame{opcode, view};
}

std::optional<CloseReason> ParseClose(std::string_view payload) {
  if (payload.empty()) return CloseReason{};
  if (payload.size() < 2) return std::nullopt;
  const auto code = static_cast<uint16_t>(ReadBigEndian(payload.data(), 2));
  const bool assigned =
      (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
      (code >= 3000 && code <= 4999);
  const std::string_view text = payload.substr(2);
  if (!assigned || FindInvalidUtf8(text) != std::string_view::npos) return std::nullopt;
  return CloseReason{code, text};
}

std::string ClosePayload(uint16_t code, std::string_view reason) {
  if (code == kCloseNone) return "";
  std::string payload;
  AppendBigEndian(payload, code, 2);
  payload += reason.substr(0, kControlBytesMax - 2);
  const size_t bad = FindInvalidUtf8(std::string_view(payload).substr(2));
  if (bad != std::string_view::npos) payload.resize(bad + 2);
  return payload;
}

std::string FrameHead(Opcode opcode, uint64_t size, const std::optional<Mask>& mask) {
  std::string head(1, static_cast<char>(0x80 | static_cast<uint8_t>(opcode)));
  const uint8_t small = size < 126 ? static_cast<uint8_t>(size) : size < 0x10000 ? 126 : 127;
  head += static_cast<char>(small | (mask ? 0x80 : 0));
  AppendBigEndian(head, size, SizeBytes(small));
  if (mask) head.append(mask->data(), mask->size());
  return head;
}

void ApplyMask(char* bytes, size_t size, const Mask& mask) {
  std::array<char, 8> twice;
  for (size_t i = 0; i < twice.size(); ++i) twice[i] = mask[i % 4];
  uint64_t wide = 0;
  std::memcpy(&wide, twice.data(), sizeof wide);
  size_t i = 0;
  for (; i + sizeof wide <= size; i += sizeof wide) {
    uint64_t word = 0;
    std::memcpy(&word, bytes + i, sizeof word);
    word ^= wide;
    std::memcpy(bytes + i, &word, sizeof word);
  }
  for (; i < size; ++i) bytes[i] = static_cast<char>(bytes[i] ^ mask[i % 4]);
}

}  // namespace io
