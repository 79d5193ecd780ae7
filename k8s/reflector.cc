#include "k8s/reflector.h"

#include "engine/text.h"
#include "io/log.h"

namespace k8s {
namespace {

constexpr size_t kPageBytesMax = size_t{1} << 30;
constexpr size_t kErrorBytesMax = size_t{64} << 10;
constexpr size_t kLineBytesMax = size_t{64} << 20;

// Seconds only; the API server never sends a date.
std::optional<absl::Duration> RetryAfter(const io::HttpHead& head) {
  const std::optional<int64_t> seconds = engine::ParseInt(head.headers.Find("Retry-After"));
  if (!seconds || *seconds < 0) return std::nullopt;
  return absl::Seconds(*seconds);
}

}  // namespace

ReflectorCore::ReflectorCore(ApiClient& api, io::Clock& clock, ReflectorScope scope,
                             ReflectorFeed& feed, absl::AnyInvocable<void()> changed)
    : api_(api),
      clock_(clock),
      scope_(std::move(scope)),
      feed_(feed),
      changed_(std::move(changed)),
      state_(scope_.plan),
      lines_(kLineBytesMax) {}

void ReflectorCore::Start() { Step(Started{}); }

void ReflectorCore::Step(const ReflectorInput& input) {
  for (const ReflectorAction& action : state_.Step(clock_.Uptime(), input)) Carry(action);
  TellChanges();
}

void ReflectorCore::Carry(const ReflectorAction& action) {
  using What = ReflectorAction::What;
  switch (action.what) {
    case What::kFetch:
      return Fetch();
    case What::kHangUp:
      return HangUp();
    case What::kStage:
      return feed_.Stage();
    case What::kApply:
      return feed_.Apply();
    case What::kCommit:
      return feed_.Commit();
    case What::kDiscard:
      return feed_.Discard();
    case What::kWait:
      wait_ = clock_.After(action.wait, [this] { Step(WaitOver{}); });
      return;
  }
}

void ReflectorCore::Fetch() {
  HangUp();
  wait_.Cancel();
  const ReflectorRequest& wanted = state_.request();
  watch_ = wanted.watch;
  ApiRequest request{state_.type(),        scope_.ns,   {}, wanted.query,
                     scope_.metadata_only, wanted.watch};
  if (!scope_.label_selector.empty())
    request.query.emplace_back("labelSelector", scope_.label_selector);
  if (!scope_.field_selector.empty())
    request.query.emplace_back("fieldSelector", scope_.field_selector);
  head_ = {};
  body_.clear();
  body_too_long_ = false;
  lines_ = io::LineSplitter(kLineBytesMax);
  io::HttpDeadlines deadlines;
  deadlines.head = scope_.list_silence;
  deadlines.idle = watch_ ? scope_.watch_silence : scope_.list_silence;
  call_ = api_.Get(request, deadlines,
                   {[this](const io::HttpHead& head) { OnHead(head); },
                    [this](std::string_view piece) { OnBody(piece); },
                    [this](absl::Status status) { OnDone(std::move(status)); }});
}

void ReflectorCore::HangUp() {
  ++exchange_;
  call_.reset();
}

void ReflectorCore::OnHead(const io::HttpHead& head) {
  head_ = head;
  if (head.status == 200 && watch_) Step(Opened{});
}

void ReflectorCore::OnBody(std::string_view piece) {
  if (head_.status != 200 || !watch_) {
    const size_t most = head_.status == 200 ? kPageBytesMax : kErrorBytesMax;
    body_too_long_ = body_too_long_ || body_.size() + piece.size() > most;
    if (!body_too_long_) body_ += piece;
    if (body_too_long_ && head_.status == 200)
      Step(Cut{engine::InvalidArgument("a page of more than ", most, " bytes")});
    return;
  }
  const uint64_t mine = exchange_;
  absl::Status status = lines_.Feed(piece, [&](std::string_view line) {
    absl::StatusOr<EventCame> event = feed_.Event(line);
    if (event.ok()) {
      Step(*event);
    } else {
      Step(Cut{event.status()});
    }
    return mine == exchange_;
  });
  if (!status.ok() && mine == exchange_) Step(Cut{std::move(status)});
}

void ReflectorCore::OnDone(absl::Status status) {
  if (head_.status != 0 && head_.status != 200) {
    return Step(Refused{ParseApiStatus(head_.status, body_), RetryAfter(head_)});
  }
  if (!status.ok()) return Step(Cut{std::move(status)});
  if (watch_) {
    if (lines_.rest().empty()) return Step(Ended{});
    return Step(Cut{absl::DataLossError("the watch ended in the middle of an event")});
  }
  absl::StatusOr<PageCame> page = feed_.Page(std::exchange(body_, {}));
  if (page.ok()) {
    Step(*std::move(page));
  } else {
    Step(Cut{page.status()});
  }
}

void ReflectorCore::TellChanges() {
  const bool same = told_synced_ == state_.synced() && told_absent_ == state_.absent() &&
                    told_error_ == state_.error();
  if (same) return;
  const std::string name = scope_.plan.type.RbacName();
  if (!state_.error().ok() && told_error_ != state_.error()) {
    io::Warning("kubernetes objects cannot be followed",
                {{"resource", name}, {"error", state_.error()}});
  } else if (state_.synced() &&
             (!told_synced_ || told_absent_ != state_.absent() || !told_error_.ok())) {
    io::Info("kubernetes objects are followed", {{"resource", name}, {"served", !state_.absent()}});
  }
  told_synced_ = state_.synced();
  told_absent_ = state_.absent();
  told_error_ = state_.error();
  if (changed_) changed_();
}

}  // namespace k8s
