// The text of a small file that somebody else replaces now and then: a token, a certificate.
//
// Read when it is asked for, at most every kRotationPause. A file that cannot be read while it is
// being replaced does not make us forget the text we have. The clock's thread; a read blocks it, so
// the file should be local.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "io/clock.h"

namespace io {

inline constexpr absl::Duration kRotationPause = absl::Seconds(10);

class RotatingFile {
 public:
  RotatingFile(const Clock& clock, std::string path) : clock_(clock), path_(std::move(path)) {}
  const std::string& path() const { return path_; }
  // Without white space at the ends. An error only if there never was a text.
  absl::StatusOr<std::string> Text();

 private:
  const Clock& clock_;
  const std::string path_;
  std::string text_;
  std::optional<absl::Duration> read_;  // In uptime.
};

}  // namespace io
