#include "io/line_splitter.h"

#include "engine/text.h"

namespace io {
namespace {

// A long line must not pin its memory for the hours that a watch may last.
constexpr size_t kKeptCapacity = 256 << 10;

void Clear(std::string& text) {
  if (text.capacity() > kKeptCapacity) {
    std::string().swap(text);
  } else {
    text.clear();
  }
}

}  // namespace

absl::Status LineSplitter::Feed(std::string_view piece,
                                absl::FunctionRef<bool(std::string_view)> line) {
  for (;;) {
    const size_t end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    if (rest_.size() + part.size() > max_bytes_) {
      Clear(rest_);
      return absl::ResourceExhaustedError(
          engine::ToAbsl(engine::Cat("a line is longer than ", max_bytes_, " bytes")));
    }
    if (end == std::string_view::npos) {
      rest_ += part;
      return absl::OkStatus();
    }
    piece.remove_prefix(end + 1);
    if (!rest_.empty()) rest_ += part;
    const std::string_view whole = rest_.empty() ? part : std::string_view(rest_);
    const bool more = whole.empty() || line(whole);
    Clear(rest_);
    if (!more) return absl::OkStatus();
  }
}

}  // namespace io
