// A program that runs beside this one, and what it costs, as /proc tells it.
//
// One thread. Destroying it kills the program, and waits for its end.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace capacity {

struct ChildOptions {
  std::vector<std::string> command;                // The first is the program's path.
  std::map<std::string, std::string> environment;  // Beside our own.
  std::string output;                              // The file that its output is appended to.
};

class Child {
 public:
  static absl::StatusOr<std::unique_ptr<Child>> Start(const ChildOptions& options);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  bool running();
  void Stop(int signal);  // And waits; SIGKILL follows if it does not end within five seconds.
  // Of all threads that live, to the nanosecond where the kernel counts so. 0 once it ended.
  double CpuSeconds() const;
  size_t resident_bytes() const;       // Now.
  size_t peak_resident_bytes() const;  // Since its start.

 private:
  explicit Child(pid_t pid) : pid_(pid) {}
  pid_t pid_;
  bool ended_ = false;
};

// The path of the program that runs now.
std::string OwnProgram();
// A port of the loopback address that nobody listens on. Another process may take it meanwhile.
absl::StatusOr<uint16_t> FreePort();

}  // namespace capacity
