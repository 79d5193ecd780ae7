// Cuts a stream of bytes into lines: a watch answer into its JSON documents.
//
// Pieces arrive as the network cuts them. A line that came within one piece is handed over without
// a copy. A line longer than `max_bytes` is an error and ends the stream.
#pragma once

#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace io {

class LineSplitter {
 public:
  explicit LineSplitter(size_t max_bytes) : max_bytes_(max_bytes) {}
  // Calls `line` for each line that ends in `piece`, without its line feed; empty lines are
  // skipped. `line` returns false to stop; the rest of the piece is then dropped.
  absl::Status Feed(std::string_view piece, absl::FunctionRef<bool(std::string_view)> line);
  // What stands after the last line feed: a truncated document, if not empty.
  std::string_view rest() const { return rest_; }

 private:
  size_t max_bytes_;
  std::string rest_;
};

}  // namespace io
