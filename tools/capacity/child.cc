#include "tools/capacity/child.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "engine/text.h"
#include "io/read_file.h"

extern char** environ;

namespace capacity {
namespace {

using engine::Cat;

std::vector<std::string> EnvironmentWith(const std::map<std::string, std::string>& more) {
  std::vector<std::string> lines;
  for (char** line = environ; *line != nullptr; ++line) {
    const std::string_view text = *line;
    if (!more.contains(std::string(text.substr(0, text.find('='))))) lines.emplace_back(text);
  }
  for (const auto& [name, value] : more) lines.push_back(Cat(name, "=", value));
  return lines;
}

std::vector<char*> Pointers(std::vector<std::string>& lines) {
  std::vector<char*> pointers;
  for (std::string& line : lines) pointers.push_back(line.data());
  pointers.push_back(nullptr);
  return pointers;
}

// A field of /proc/PID/status in kB, as bytes.
size_t StatusField(pid_t pid, std::string_view name) {
  const auto text = io::ReadFile(Cat("/proc/", pid, "/status"));
  if (!text.ok()) return 0;
  for (std::string_view line : engine::Split(*text, '\n')) {
    if (!line.starts_with(name)) continue;
    return static_cast<size_t>(std::strtoull(line.data() + name.size() + 1, nullptr, 10)) * 1024;
  }
  return 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Child>> Child::Start(const ChildOptions& options) {
  std::vector<std::string> command = options.command;
  std::vector<std::string> environment = EnvironmentWith(options.environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, options.output.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, command.front().c_str(), &actions, nullptr,
                                Pointers(command).data(), Pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    return engine::Unavailable("cannot start ", options.command.front(), ": ", strerror(error));
  }
  return std::unique_ptr<Child>(new Child(pid));
}

Child::~Child() {
  if (!ended_) Stop(SIGKILL);
}

bool Child::running() {
  if (!ended_) ended_ = waitpid(pid_, nullptr, WNOHANG) == pid_;
  return !ended_;
}

void Child::Stop(int signal) {
  if (ended_) return;
  kill(pid_, signal);
  for (int tries = 0; tries < 500 && running(); ++tries) usleep(10'000);
  if (ended_) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  ended_ = true;
}

double Child::CpuSeconds() const {
  const std::string folder = Cat("/proc/", pid_, "/task");
  DIR* tasks = opendir(folder.c_str());
  if (tasks == nullptr) return 0;
  double seconds = 0;
  while (const dirent* task = readdir(tasks)) {
    const auto text = io::ReadFile(Cat(folder, "/", task->d_name, "/schedstat"));
    if (text.ok()) seconds += static_cast<double>(std::strtoull(text->c_str(), nullptr, 10)) / 1e9;
  }
  closedir(tasks);
  return seconds;
}

size_t Child::resident_bytes() const { return StatusField(pid_, "VmRSS"); }
size_t Child::peak_resident_bytes() const { return StatusField(pid_, "VmHWM"); }

std::string OwnProgram() {
  char path[4096];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  return size > 0 ? std::string(path, static_cast<size_t>(size)) : std::string();
}

absl::StatusOr<uint16_t> FreePort() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  const bool bound =
      socket >= 0 && bind(socket, any, size) == 0 && getsockname(socket, any, &size) == 0;
  const int error = errno;
  if (socket >= 0) close(socket);
  if (!bound) return engine::Unavailable("no free port: ", strerror(error));
  return ntohs(address.sin_port);
}

}  // namespace capacity
