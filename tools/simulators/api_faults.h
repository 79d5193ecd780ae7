// How a simulated API server misbehaves: faults that befall requests, and things done to its
// watches. Loop thread only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/simulators/json.h"

namespace simulators {

// Befalls the next requests that fit. Verbs are Kubernetes' own: get, list, watch, create, …; a
// list with a continue token is also a "continue".
struct ApiFault {
  enum class What {
    kStatus,      // A Status of `status`, with Retry-After if given; 410 has reason Expired.
    kErrorEvent,  // Of a watch: 200, then an ERROR event of `status` and the end.
    kReset,       // Breaks the connection at once.
    kHang,        // Takes the request and says nothing.
    kTruncate,    // Half of the answer, or half an event, then a reset.
    kJunk,        // 200 with bytes that are no JSON.
    kDelay,       // Waits first, then behaves.
  };
  What what = What::kStatus;
  std::string verb;      // Empty: any.
  std::string resource;  // The plural; empty: any.
  int times = 1;         // Negative: until cleared.
  int status = 500;
  absl::Duration retry_after;
  absl::Duration delay;
};

class ApiFaults {
 public:
  void Add(ApiFault fault) { faults_.push_back(std::move(fault)); }
  void Clear() { faults_.clear(); }
  std::optional<ApiFault> Take(std::string_view verb, bool continues, std::string_view resource);

 private:
  std::vector<ApiFault> faults_;
};

// {"fault": "status", "verb": "list", "resource": "ingresses", "status": 429, "retryAfterSeconds":
// 1, "times": 2}; the names are status, error-event, reset, hang, truncate, junk, delay
// ("seconds").
absl::StatusOr<ApiFault> ParseApiFault(const Json& command);

// What can be done to watches that are open.
enum class WatchCut {
  kEnd,       // The stream ends as it does after timeoutSeconds.
  kReset,     // The connection breaks.
  kHalfOpen,  // Nothing more is sent, and nothing says so.
  kGone,      // An ERROR event 410, then the end.
  kTruncate,  // Half an event, then a reset.
  kJunk,      // A line that is no JSON; the stream goes on.
};
std::optional<WatchCut> ParseWatchCut(std::string_view name);  // end, reset, half-open, gone, …

// How the server takes sendInitialEvents.
enum class StreamingLists { kServed, kIgnored, kRefused };
std::optional<StreamingLists> ParseStreamingLists(std::string_view name);

}  // namespace simulators
