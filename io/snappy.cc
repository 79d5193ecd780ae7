#include "io/snappy.h"

#include <snappy.h>

#include "engine/text.h"

namespace io {

std::string Snap(std::string_view text) {
  std::string block;
  snappy::Compress(text.data(), text.size(), &block);
  return block;
}

absl::StatusOr<std::string> Unsnap(std::string_view block, uint64_t max_bytes) {
  size_t size = 0;
  if (!snappy::GetUncompressedLength(block.data(), block.size(), &size)) {
    return absl::DataLossError("snappy: the block does not begin with its length");
  }
  if (size > max_bytes) {
    return absl::ResourceExhaustedError(
        engine::ToAbsl(engine::Cat("snappy: the text exceeds ", max_bytes, " bytes")));
  }
  // A claim is checked against the block before memory is spent on it.
  if (!snappy::IsValidCompressedBuffer(block.data(), block.size())) {
    return absl::DataLossError("snappy: the block is damaged");
  }
  std::string text;
  if (!snappy::Uncompress(block.data(), block.size(), &text)) {
    return absl::DataLossError("snappy: the block is damaged");
  }
  return text;
}

}  // namespace io
