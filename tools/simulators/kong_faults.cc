#include "tools/simulators/kong_faults.h"

#include <array>
#include <utility>

#include "engine/text.h"

namespace simulators {
namespace {

constexpr std::array<std::pair<std::string_view, KongFault::What>, 8> kNames = {{
    {"status", KongFault::What::kStatus},
    {"refuse", KongFault::What::kRefuse},
    {"reset", KongFault::What::kReset},
    {"hang", KongFault::What::kHang},
    {"lose-answer", KongFault::What::kLoseAnswer},
    {"never-answer", KongFault::What::kNeverAnswer},
    {"truncate", KongFault::What::kTruncate},
    {"delay", KongFault::What::kDelay},
}};

absl::Duration SecondsAt(const Json& command, std::string_view name) {
  const Json& value = At(command, name);
  return value.is_number() ? absl::Seconds(value.get<double>()) : absl::ZeroDuration();
}

int IntAt(const Json& command, std::string_view name, int otherwise) {
  const Json& value = At(command, name);
  return value.is_number_integer() ? value.get<int>() : otherwise;
}

}  // namespace

std::optional<KongFault> KongFaults::Take(std::string_view path) {
  for (auto fault = faults_.begin(); fault != faults_.end(); ++fault) {
    bool fits = fault->path.empty() || fault->path == path;
    if (fault->what == KongFault::What::kRefuse) fits = path == "/config";
    if (!fits) continue;
    KongFault taken = *fault;
    if (fault->times > 0 && --fault->times == 0) faults_.erase(fault);
    return taken;
  }
  return std::nullopt;
}

absl::StatusOr<KongFault> ParseKongFault(const Json& command) {
  std::string_view name = TextAt(command, "fault");
  for (const auto& [known, what] : kNames) {
    if (known != name) continue;
    KongFault fault;
    fault.what = what;
    fault.path = TextAt(command, "path");
    fault.times = IntAt(command, "times", 1);
    fault.status = IntAt(command, "status", 503);
    fault.retry_after = SecondsAt(command, "retryAfterSeconds");
    fault.delay = SecondsAt(command, "seconds");
    return fault;
  }
  return engine::InvalidArgument("fault: unknown name \"", name, "\"");
}

}  // namespace simulators
