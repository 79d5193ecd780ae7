#include "io/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/status_macros.h"
#include "engine/text.h"

namespace io {
namespace {

absl::Status Failed(std::string_view what, const std::string& path) {
  return engine::InvalidArgument("cannot ", what, " ", path, ": ", std::strerror(errno));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  const int number_;
};

bool WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

absl::Status WriteNew(const std::string& path, std::span<const std::string_view> pieces) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.open()) return Failed("create", path);
  for (const std::string_view piece : pieces) {
    if (!WriteAll(file.number(), piece)) return Failed("write", path);
  }
  return fsync(file.number()) == 0 ? absl::OkStatus() : Failed("flush", path);
}

absl::Status FlushFolder(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Descriptor file(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.open() || fsync(file.number()) != 0) return Failed("flush", folder);
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteDurably(const std::string& path, std::span<const std::string_view> pieces) {
  const std::string fresh = path + ".new";
  unlink(fresh.c_str());  // Of a process that ended in between.
  absl::Status written = WriteNew(fresh, pieces);
  if (written.ok() && rename(fresh.c_str(), path.c_str()) != 0) written = Failed("replace", path);
  if (!written.ok()) {
    unlink(fresh.c_str());
    return written;
  }
  return FlushFolder(path);
}

absl::Status MakePrivateFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0) return absl::OkStatus();
  struct stat found{};
  if (errno == EEXIST && stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode))
    return absl::OkStatus();
  return Failed("make the folder", path);
}

}  // namespace io
