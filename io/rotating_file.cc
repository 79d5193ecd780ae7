#include "io/rotating_file.h"

#include "engine/text.h"
#include "io/read_file.h"

namespace io {

absl::StatusOr<std::string> RotatingFile::Text() {
  const absl::Duration now = clock_.Uptime();
  if (read_ && now - *read_ < kRotationPause) return text_;
  const absl::StatusOr<std::string> text = ReadFile(path_);
  if (text.ok() && !engine::Trim(*text).empty()) {
    text_ = engine::Trim(*text);
  } else if (text_.empty()) {
    return text.ok() ? engine::InvalidArgument(path_, " is empty") : text.status();
  }
  read_ = now;
  return text_;
}

}  // namespace io
