// The contents of a file of credentials, with errors that name the file and never show its
// contents.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace io {

// At most 16 MiB; directories and devices are errors too.
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace io
