#include "tools/simulators/api_faults.h"

#include <array>
#include <utility>

#include "engine/text.h"

namespace simulators {
namespace {

template <class Value, size_t size>
std::optional<Value> Lookup(const std::array<std::pair<std::string_view, Value>, size>& names,
                            std::string_view name) {
  for (const auto& [known, value] : names) {
    if (known == name) return value;
  }
  return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, ApiFault::What>, 7> kFaults = {{
    {"status", ApiFault::What::kStatus},
    {"error-event", ApiFault::What::kErrorEvent},
    {"reset", ApiFault::What::kReset},
    {"hang", ApiFault::What::kHang},
    {"truncate", ApiFault::What::kTruncate},
    {"junk", ApiFault::What::kJunk},
    {"delay", ApiFault::What::kDelay},
}};

constexpr std::array<std::pair<std::string_view, WatchCut>, 6> kCuts = {{
    {"end", WatchCut::kEnd},
    {"reset", WatchCut::kReset},
    {"half-open", WatchCut::kHalfOpen},
    {"gone", WatchCut::kGone},
    {"truncate", WatchCut::kTruncate},
    {"junk", WatchCut::kJunk},
}};

constexpr std::array<std::pair<std::string_view, StreamingLists>, 3> kStreaming = {{
    {"served", StreamingLists::kServed},
    {"ignored", StreamingLists::kIgnored},
    {"refused", StreamingLists::kRefused},
}};

double NumberAt(const Json& command, std::string_view name, double otherwise) {
  const Json& value = At(command, name);
  return value.is_number() ? value.get<double>() : otherwise;
}

}  // namespace

std::optional<ApiFault> ApiFaults::Take(std::string_view verb, bool continues,
                                        std::string_view resource) {
  for (auto fault = faults_.begin(); fault != faults_.end(); ++fault) {
    bool fits =
        fault->verb.empty() || fault->verb == verb || (continues && fault->verb == "continue");
    if (!fits || (!fault->resource.empty() && fault->resource != resource)) continue;
    ApiFault taken = *fault;
    if (fault->times > 0 && --fault->times == 0) faults_.erase(fault);
    return taken;
  }
  return std::nullopt;
}

absl::StatusOr<ApiFault> ParseApiFault(const Json& command) {
  std::optional<ApiFault::What> what = Lookup(kFaults, TextAt(command, "fault"));
  if (!what)
    return engine::InvalidArgument("fault: unknown name \"", TextAt(command, "fault"), "\"");
  ApiFault fault;
  fault.what = *what;
  fault.verb = TextAt(command, "verb");
  fault.resource = TextAt(command, "resource");
  fault.times = static_cast<int>(NumberAt(command, "times", 1));
  bool event = *what == ApiFault::What::kErrorEvent;
  fault.status = static_cast<int>(NumberAt(command, "status", event ? 410 : 500));
  fault.retry_after = absl::Seconds(NumberAt(command, "retryAfterSeconds", 0));
  fault.delay = absl::Seconds(NumberAt(command, "seconds", 0));
  return fault;
}

std::optional<WatchCut> ParseWatchCut(std::string_view name) { return Lookup(kCuts, name); }

std::optional<StreamingLists> ParseStreamingLists(std::string_view name) {
  return Lookup(kStreaming, name);
}

}  // namespace simulators
