// Files that survive a crash whole: what is there is the old text or the new one, never a part.
//
// The text goes to a new file beside the old one, is flushed to the disk, and takes its name; then
// the folder is flushed, so that the name is kept, too. Only the owner may read it (0600). Any
// thread; a write takes as long as the disk takes. Errors name the file and never its contents.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace io {

// Replaces `path` with `pieces`, one after the other.
absl::Status WriteDurably(const std::string& path, std::span<const std::string_view> pieces);

// Makes a folder that only the owner may enter, unless there is one. Its parent must exist.
absl::Status MakePrivateFolder(const std::string& path);

}  // namespace io
