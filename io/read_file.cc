#include "io/read_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/text.h"

namespace io {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  constexpr uintmax_t kBytesMax = uintmax_t{16} << 20;
  std::error_code error;
  const bool regular = std::filesystem::is_regular_file(path, error);
  if (error) return engine::NotFound("cannot read ", path, ": ", error.message());
  if (!regular) return engine::InvalidArgument("cannot read ", path, ": not a file");
  const uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size > kBytesMax)
    return engine::InvalidArgument("cannot read ", path, ": larger than 16 MiB");
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad())
    return engine::NotFound("cannot read ", path, ": ", std::strerror(errno));
  return text;
}

}  // namespace io
