#include "k8s/reflector_state.h"

#include <algorithm>

#include "engine/assert.h"
#include "engine/text.h"

namespace k8s {
namespace {

using engine::Cat;
using What = ReflectorAction::What;

constexpr int kTries = 3;  // Of anything that is given up rather than repeated for ever.

bool Expired(const ApiStatus& status) {
  return status.code == 410 || status.reason == "Expired" || status.reason == "Gone";
}
bool TryLater(const ApiStatus& status) { return status.code == 429 || status.code >= 500; }

absl::StatusCode CodeOf(int http_status) {
  switch (http_status) {
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kNotFound;
    case 410:
      return absl::StatusCode::kOutOfRange;
    case 429:
      return absl::StatusCode::kResourceExhausted;
    default:
      return http_status >= 500 ? absl::StatusCode::kUnavailable
                                : absl::StatusCode::kInvalidArgument;
  }
}

std::optional<uint64_t> Number(std::string_view version) {
  const std::optional<int64_t> number = engine::ParseInt(version);
  return number && *number > 0 ? std::optional<uint64_t>(*number) : std::nullopt;
}

}  // namespace

std::string_view NameOf(RelistReason reason) {
  constexpr std::array<std::string_view, kRelistReasons> kNames = {
      "initial", "expired", "continue-expired", "went-back", "unresumable", "returned"};
  return kNames[static_cast<size_t>(reason)];
}

ReflectorState::ReflectorState(ReflectorPlan plan)
    : plan_(std::move(plan)),
      backoff_(plan_.times.backoff_first, plan_.times.backoff_cap, plan_.seed),
      random_(plan_.seed),
      streaming_(plan_.streaming) {}

ReflectorActions ReflectorState::Step(absl::Duration uptime, const ReflectorInput& input) {
  now_ = uptime;
  actions_.clear();
  std::visit([this](const auto& what) { On(what); }, input);
  return actions_;
}

void ReflectorState::On(const Started&) {
  CHECK(phase_ == Phase::kIdle, "a reflector starts once");
  Relist(RelistReason::kInitial);
}

void ReflectorState::On(const WaitOver&) {
  if (phase_ == Phase::kStreaming) {
    const absl::Duration silence_left = last_event_ + plan_.times.stream_silence - now_;
    const absl::Duration left =
        std::min(silence_left, list_began_ + plan_.times.stream_in_all - now_);
    if (left > absl::ZeroDuration()) return Do(What::kWait, left);
    return StopStreaming();
  }
  if (phase_ != Phase::kWaiting) return;  // The alarm of a streamed list that has become a watch.
  switch (next_) {
    case Next::kList:
      return List();
    case Next::kPage:
      return Page();
    case Next::kWatch:
      return Watch();
  }
}

void ReflectorState::On(const PageCame& page) {
  if (phase_ != Phase::kPaging) return;
  const std::string& version = page.meta.resource_version;
  if (version.empty())
    return On(Cut{engine::InvalidArgument("a list without metadata.resourceVersion")});
  if (Older(version) && ++older_lists_ < kTries) {
    error_ = engine::Unavailable("list of ", plan_.type.RbacName(),
                                 ": the API server answered with version ", version,
                                 ", which is older than ", version_, " seen before; asking again");
    return WaitThen(Next::kList, NextDelay());
  }
  failures_ = 0;
  staged_ += page.rows;
  Do(What::kStage);
  if (!page.meta.continue_token.empty()) {
    continue_ = page.meta.continue_token;
    return Page();
  }
  Commit(version);
  Watch();
}

void ReflectorState::On(const Opened&) {
  if (phase_ != Phase::kWatching) return;
  opened_ = now_;
  error_ = absl::OkStatus();
}

void ReflectorState::On(const EventCame& event) {
  if (phase_ == Phase::kStreaming) return OnStreamedEvent(event);
  if (phase_ == Phase::kWatching) return OnWatchedEvent(event);
}

void ReflectorState::OnStreamedEvent(const EventCame& event) {
  last_event_ = now_;
  if (event.type == WatchEventType::kError) return OnRefusedList({event.error, std::nullopt});
  if (event.type != WatchEventType::kBookmark) {
    ++staged_;
    return Do(What::kStage);
  }
  if (!event.initial_events_end) return;
  if (Older(event.resource_version) && ++older_lists_ < kTries) {
    error_ = engine::Unavailable("list of ", plan_.type.RbacName(),
                                 ": the API server answered with version ", event.resource_version,
                                 ", which is older than ", version_, "; asking again");
    return WaitThen(Next::kList, NextDelay());
  }
  Commit(event.resource_version);
  phase_ = Phase::kWatching;  // The same exchange goes on.
  opened_ = now_;
  watch_began_ = now_;
  watch_brought_something_ = true;
}

void ReflectorState::OnWatchedEvent(const EventCame& event) {
  if (event.type == WatchEventType::kError) return OnRefusedWatch({event.error, std::nullopt});
  if (Older(event.resource_version)) return Relist(RelistReason::kWentBack);
  if (!event.resource_version.empty() && version_ != event.resource_version)
    version_ = event.resource_version;
  failures_ = 0;
  watch_brought_something_ = true;
  error_ = absl::OkStatus();
  if (event.type == WatchEventType::kBookmark) return;
  has_rows_ = true;
  Do(What::kApply);
}

void ReflectorState::On(const Refused& refused) {
  if (phase_ == Phase::kPaging || phase_ == Phase::kStreaming) return OnRefusedList(refused);
  if (phase_ == Phase::kWatching) return OnRefusedWatch(refused);
}

void ReflectorState::OnRefusedList(const Refused& refused) {
  const int code = refused.status.code;
  const bool streaming = phase_ == Phase::kStreaming;
  if (streaming && (code == 400 || code == 422)) return StopStreaming();
  if (code == 404 || (code == 403 && plan_.forbidden_is_absent)) return OnNotServed(refused);
  error_ = ErrorOf(refused);
  if (Expired(refused.status) && !continue_.empty()) {
    paged_ = false;
    return Relist(RelistReason::kContinueExpired);
  }
  WaitThen(streaming || continue_.empty() ? Next::kList : Next::kPage, NextDelay(&refused));
}

void ReflectorState::OnRefusedWatch(const Refused& refused) {
  if (Expired(refused.status)) return Relist(RelistReason::kExpired);
  error_ = ErrorOf(refused);
  if (TryLater(refused.status) || refused.status.code == 401 || refused.status.code == 403) {
    return WaitThen(Next::kWatch, NextDelay(&refused));
  }
  FailWatch(refused);
}

ResourceType ReflectorState::type() const {
  ResourceType type = plan_.type;
  if (nth_version_ > 0) type.version = engine::Split(type.other_versions, ',')[nth_version_ - 1];
  return type;
}

void ReflectorState::OnNotServed(const Refused& refused) {
  const size_t others =
      plan_.type.other_versions.empty() ? 0 : engine::Split(plan_.type.other_versions, ',').size();
  if (nth_version_ < others) {
    ++nth_version_;
    return WaitThen(Next::kList, absl::ZeroDuration());
  }
  nth_version_ = 0;
  if (!plan_.optional || (has_rows_ && ++not_served_ < kTries)) {
    error_ = ErrorOf(refused);
    return WaitThen(Next::kList, NextDelay(&refused));
  }
  if (!absent_) {
    Commit({});
    absent_ = true;
  }
  const uint64_t poll_ms =
      static_cast<uint64_t>(absl::ToInt64Milliseconds(plan_.times.absent_poll));
  WaitThen(Next::kList, absl::Milliseconds(poll_ms / 2 + Random(poll_ms / 2 + 1)));
}

void ReflectorState::On(const Cut& cut) {
  const std::string_view verb = phase_ == Phase::kWatching ? "watch of " : "list of ";
  switch (phase_) {
    case Phase::kIdle:
    case Phase::kWaiting:
      return;
    case Phase::kPaging:
      error_ = engine::Annotate(cut.why, Cat(verb, plan_.type.RbacName()));
      return WaitThen(continue_.empty() || ++failures_ >= kTries ? Next::kList : Next::kPage,
                      NextDelay());
    case Phase::kStreaming:
      error_ = engine::Annotate(cut.why, Cat(verb, plan_.type.RbacName()));
      if (++failures_ >= kTries) streaming_ = false;
      return WaitThen(Next::kList, NextDelay());
    case Phase::kWatching:
      if (absl::IsDeadlineExceeded(cut.why) && opened_) return On(Ended{});  // Silence.
      error_ = engine::Annotate(cut.why, Cat(verb, plan_.type.RbacName()));
      return FailWatch({});
  }
}

// A watch that ends at once, again and again, is as good as one that fails.
void ReflectorState::On(const Ended&) {
  if (phase_ != Phase::kWatching) return On(Cut{engine::Unavailable("the answer ended early")});
  const absl::Duration lived = now_ - watch_began_;
  if (!watch_brought_something_ && lived < plan_.times.watch_spacing) return FailWatch({});
  failures_ = 0;
  WaitThen(Next::kWatch, std::max(absl::ZeroDuration(), plan_.times.watch_spacing - lived));
}

void ReflectorState::FailWatch(const Refused& refused) {
  if (!watch_brought_something_ && ++failures_ >= kTries) return Relist(RelistReason::kUnresumable);
  WaitThen(Next::kWatch, NextDelay(&refused));
}

void ReflectorState::StopStreaming() {
  streaming_ = false;
  Do(What::kHangUp);
  List();
}

void ReflectorState::Do(What what, absl::Duration wait) { actions_.push_back({what, wait}); }

// The first comes at once; one that follows another closely waits, so that lists cannot spin.
void ReflectorState::Relist(RelistReason reason) {
  ++relists_[static_cast<size_t>(reason)];
  failures_ = 0;
  if (now_ - list_began_ < plan_.times.stable) return WaitThen(Next::kList, NextDelay());
  List();
}

void ReflectorState::List() {
  continue_.clear();
  staged_ = 0;
  list_began_ = now_;
  Do(What::kDiscard);
  if (!streaming_ || !paged_) return Page();
  phase_ = Phase::kStreaming;
  last_event_ = now_;
  const int64_t seconds = absl::ToInt64Seconds(plan_.times.watch_least);
  request_ = {true,
              {{"watch", "1"},
               {"sendInitialEvents", "true"},
               {"resourceVersionMatch", "NotOlderThan"},
               {"allowWatchBookmarks", "true"},
               {"timeoutSeconds",
                Cat(seconds + static_cast<int64_t>(Random(static_cast<uint64_t>(seconds) + 1)))}}};
  Do(What::kFetch);
  Do(What::kWait, std::min(plan_.times.stream_silence, plan_.times.stream_in_all));
}

void ReflectorState::Page() {
  phase_ = Phase::kPaging;
  request_ = {false, {}};
  if (paged_) request_.query.emplace_back("limit", Cat(plan_.page_size));
  if (!continue_.empty()) request_.query.emplace_back("continue", continue_);
  Do(What::kFetch);
}

void ReflectorState::Watch() {
  phase_ = Phase::kWatching;
  watch_began_ = now_;
  opened_.reset();
  watch_brought_something_ = false;
  const int64_t seconds = absl::ToInt64Seconds(plan_.times.watch_least);
  request_ = {true,
              {{"watch", "1"},
               {"resourceVersion", version_},
               {"allowWatchBookmarks", "true"},
               {"timeoutSeconds",
                Cat(seconds + static_cast<int64_t>(Random(static_cast<uint64_t>(seconds) + 1)))}}};
  Do(What::kFetch);
}

void ReflectorState::Commit(std::string_view version) {
  Do(What::kCommit);
  version_ = version;
  has_rows_ = staged_ > 0;
  staged_ = 0;
  continue_.clear();
  paged_ = true;
  synced_ = true;
  if (absent_) ++relists_[static_cast<size_t>(RelistReason::kReturned)];
  absent_ = false;
  failures_ = older_lists_ = not_served_ = 0;
  error_ = absl::OkStatus();
}

void ReflectorState::WaitThen(Next next, absl::Duration delay) {
  if (phase_ != Phase::kWaiting) Do(What::kHangUp);
  phase_ = Phase::kWaiting;
  next_ = next;
  Do(What::kWait, delay);
}

absl::Duration ReflectorState::NextDelay(const Refused* refused) {
  if (opened_ && now_ - *opened_ >= plan_.times.stable) backoff_.Reset();
  opened_.reset();
  absl::Duration delay = backoff_.Next();
  if (refused == nullptr) return delay;
  if (refused->retry_after) delay = std::max(delay, *refused->retry_after);
  if (refused->status.retry_after_s)
    delay = std::max(delay, absl::Seconds(*refused->status.retry_after_s));
  constexpr absl::Duration kPatience = absl::Minutes(5);  // A server cannot send us away for a day.
  return std::min(delay, kPatience);
}

absl::Status ReflectorState::ErrorOf(const Refused& refused) const {
  const ApiStatus& status = refused.status;
  const std::string_view verb = phase_ == Phase::kWatching ? "watch" : "list";
  std::string text = Cat("cannot ", verb, ' ', plan_.type.RbacName(), ": ");
  if (status.code == 403) {
    text += Cat("forbidden; grant the verbs get, list and watch on ", plan_.type.RbacName(),
                " to kdelta's user");
  } else if (status.code == 401) {
    text += "the API server does not accept our credentials; check the token or client certificate";
  } else if (status.code == 404) {
    text += Cat("the API server does not serve ", plan_.type.ApiVersion());
  } else {
    text += Cat("HTTP status ", status.code);
  }
  if (!status.message.empty()) text += Cat(" (", status.message, ")");
  return absl::Status(CodeOf(status.code), engine::ToAbsl(text));
}

bool ReflectorState::Older(std::string_view version) const {
  const std::optional<uint64_t> last = Number(version_), next = Number(version);
  return last && next && *next < *last;
}

// SplitMix64 (Steele, Lea, Flood 2014): good enough to spread requests, and the same for a seed.
uint64_t ReflectorState::Random(uint64_t below) {
  uint64_t x = random_ += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return (x ^ (x >> 31)) % below;
}

}  // namespace k8s
