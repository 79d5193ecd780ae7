// How a simulated gateway misbehaves: a list of faults, each for some requests and some times.
// Loop thread only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/simulators/json.h"

namespace simulators {

struct KongFault {
  enum class What {
    kStatus,       // Answers `status` (and Retry-After) without doing anything.
    kRefuse,       // 400, and nothing says why.
    kReset,        // Breaks the connection at once.
    kHang,         // Takes the request and does nothing, for ever.
    kLoseAnswer,   // Does it, then breaks the connection instead of answering.
    kNeverAnswer,  // Does it, and stays silent.
    kTruncate,     // Does it, sends half of the answer, breaks the connection.
    kDelay,        // Waits first, then behaves.
  };
  What what = What::kStatus;
  std::string path;  // The path that it befalls; empty: any.
  int times = 1;     // Negative: until cleared.
  int status = 503;
  absl::Duration retry_after;  // Of kStatus; zero: no header.
  absl::Duration delay;        // Of kDelay.
};

class KongFaults {
 public:
  void Add(KongFault fault) { faults_.push_back(std::move(fault)); }
  void Clear() { faults_.clear(); }
  std::optional<KongFault> Take(std::string_view path);  // The first that fits, used up once.

 private:
  std::vector<KongFault> faults_;
};

// {"fault": "status", "path": "/config", "status": 503, "retryAfterSeconds": 2, "times": 3}; the
// names are status, refuse, reset, hang, lose-answer, never-answer, truncate, delay (with
// "seconds").
absl::StatusOr<KongFault> ParseKongFault(const Json& command);

}  // namespace simulators
