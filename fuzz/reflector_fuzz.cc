// Oracle: whatever an API server does, a reflector always has something under way, never two
// things, commits only what it staged or was told is absent, and has a version once it is synced.
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "k8s/reflector_state.h"

namespace {

using What = k8s::ReflectorAction::What;

k8s::ReflectorInput InputOf(fuzz::Bytes& bytes, std::string& version) {
  const uint8_t what = bytes.Next() % 8, detail = bytes.Next();
  version = engine::Cat(detail % 10);
  k8s::ApiStatus status;
  status.code = std::array{400, 401, 403, 404, 410, 422, 429, 500}[detail % 8];
  switch (what) {
    case 0: {
      k8s::PageCame page{.rows = size_t{detail} % 3u};
      page.meta.resource_version = version;
      if (detail & 64) page.meta.continue_token = "more";
      return page;
    }
    case 1:
      return k8s::Opened{};
    case 2:
      return k8s::Refused{status, std::nullopt};
    case 3:
      return k8s::Cut{absl::UnavailableError("cut")};
    case 4:
      return k8s::Ended{};
    default: {
      k8s::EventCame event;
      event.type = static_cast<k8s::WatchEventType>(what == 7 ? detail / 16 % 5 : what - 5);
      event.resource_version = version;
      event.initial_events_end = (detail & 32) != 0;
      event.error = status;
      return event;
    }
  }
}

// May this answer come at all? Pages answer lists, and everything else streams.
bool Answers(const k8s::ReflectorInput& input, bool watch, bool opened) {
  if (std::holds_alternative<k8s::PageCame>(input)) return !watch;
  if (std::holds_alternative<k8s::Opened>(input)) return watch && !opened;
  if (std::holds_alternative<k8s::EventCame>(input) || std::holds_alternative<k8s::Ended>(input))
    return watch && opened;
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Bytes bytes(data, size);
  k8s::ReflectorPlan plan;
  plan.type = {"", "v1", "services", "Service", true};
  const uint8_t form = bytes.Next();
  plan.optional = form & 1, plan.streaming = form & 2, plan.forbidden_is_absent = form & 4;
  k8s::ReflectorState state(plan);
  absl::Duration now = absl::ZeroDuration();
  bool fetching = false, opened = false;
  k8s::ReflectorInput input = k8s::Started{};
  std::string version;
  while (true) {
    int requests = 0;
    for (const auto& action : state.Step(now, input)) {
      if (action.what == What::kFetch) ++requests, fetching = true, opened = false;
      if (action.what == What::kHangUp) fetching = false;
      if (action.what == What::kWait && !opened) ++requests;
      CHECK(action.wait >= absl::ZeroDuration(), "a wait that is over before it begins");
    }
    CHECK(requests <= 2, "two things under way");
    if (state.synced() && !state.absent()) CHECK(!state.version().empty(), "synced with nothing");
    if (std::holds_alternative<k8s::Opened>(input)) opened = true;
    if (bytes.empty()) return 0;
    now += absl::Milliseconds(100 * bytes.Next());
    k8s::ReflectorInput next = InputOf(bytes, version);
    if (!fetching || !Answers(next, state.request().watch, opened)) next = k8s::WaitOver{};
    if (std::holds_alternative<k8s::Ended>(next) || std::holds_alternative<k8s::Cut>(next) ||
        std::holds_alternative<k8s::Refused>(next))
      fetching = false;
    input = next;
  }
}
