// Oracle: whatever the bytes, and however they are cut into pieces, a WebSocket's frames end within
// their limit and are the same frames; what was inflated is within its limit and, written again,
// reads back as the same text.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/assert.h"
#include "engine/text.h"
#include "io/gzip.h"
#include "io/snappy.h"
#include "io/websocket_frame.h"

namespace {

constexpr uint64_t kLimit = 4096;

// Every frame as text, until the bytes or the peer's good conduct end.
std::vector<std::string> Cut(std::string_view bytes, size_t piece, bool masked) {
  std::vector<std::string> frames;
  io::FrameReader reader(masked, kLimit);
  while (!bytes.empty()) {
    reader.Append(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    while (auto next = reader.Next()) {
      if (const auto* error = std::get_if<io::FrameError>(&*next)) {
        frames.push_back(engine::Cat("error ", error->code));
        return frames;
      }
      const auto& frame = std::get<io::Frame>(*next);
      CHECK(frame.payload.size() <= kLimit, "a frame beyond the limit");
      frames.push_back(engine::Cat(static_cast<int>(frame.opcode), ' ', frame.payload));
      if (frame.opcode == io::Opcode::kClose) io::ParseClose(frame.payload);
    }
  }
  return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const bool masked : {true, false}) {
    const auto whole = Cut(bytes, bytes.size() + 1, masked);
    CHECK(Cut(bytes, 1, masked) == whole, "frames depend on how the bytes arrive");
    CHECK(Cut(bytes, 3, masked) == whole, "frames depend on how the bytes arrive");
  }
  if (const auto text = io::Unsnap(bytes, kLimit); text.ok()) {
    CHECK(text->size() <= kLimit && *io::Unsnap(io::Snap(*text), kLimit) == *text,
          "Snappy does not read back");
  }
  if (const auto text = io::Gunzip(bytes, kLimit); text.ok()) {
    CHECK(text->size() <= kLimit && *io::Gunzip(io::Gzip(*text), kLimit) == *text,
          "gzip does not read back");
  }
  return 0;
}
