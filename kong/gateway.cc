#include "kong/gateway.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/assert.h"
#include "engine/text.h"
#include "kong/json_tree.h"

namespace kong {
namespace {

using engine::Cat;

constexpr absl::Duration kMayPushLater = absl::Seconds(1);
constexpr size_t kAnswerMax =
    16 << 20;  // Of an answer that is read: thousands of refused entities.
constexpr size_t kReadBackMax = 512 << 20;

// Seconds, maybe with a fraction; anything else is as if it were absent.
absl::Duration ReadRetryAfter(std::string_view text) {
  double seconds = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  bool whole = error == std::errc() && end == text.data() + text.size() && std::isfinite(seconds);
  return whole ? absl::Seconds(std::clamp(seconds, 0.0, 60.0)) : absl::ZeroDuration();
}

}  // namespace

Gateway::Gateway(io::Clock& clock, std::unique_ptr<io::HttpClient> client, GatewayOptions options,
                 GatewayListener& listener)
    : clock_(clock),
      options_(std::move(options)),
      listener_(listener),
      state_(options_.times),
      client_(std::move(client)) {}

void Gateway::Stale(engine::Version version) {
  state_.Stale(version);
  Step();
}

void Gateway::Offer(std::shared_ptr<const Payload> payload) {
  CHECK(asked_ != Ask::kPush, "nothing is offered while a push is under way");
  payload_ = std::move(payload);
  flattened_ = payload_->version != 0;
  state_.Want({.version = payload_->version, .hash = payload_->hash, .bytes = payload_->bytes()});
  Announce();
  Step();
}

void Gateway::ReadBack(ReadBackThen then) {
  read_back_ = std::move(then);
  Step();
}

void Gateway::Lead(bool leads) {
  const absl::Duration now = clock_.Uptime();
  state_.Lead(leads, now);
  if (!leads && pushing()) {
    call_.reset();
    asked_ = Ask::kNothing;
    state_.OnPushEnd(PushEnd::kUnknown, absl::ZeroDuration(), now);
  }
  Step();
}

// Does what is next, unless something is under way. Offer and Stale may come back here from within.
void Gateway::Step() {
  if (stepping_ || asked_ != Ask::kNothing) return;
  if (read_back_) {
    timer_.Cancel();
    asked_ = Ask::kReadBack;
    return Fetch({.target = "/config"}, options_.times.push_timeout_most);
  }
  stepping_ = true;
  Do next = state_.Next(clock_.Uptime());
  while (next.ask == Ask::kPayload) {
    state_.PayloadAsked();
    listener_.NeedsPayload(*this);
    next = state_.Next(clock_.Uptime());
  }
  stepping_ = false;
  timer_.Cancel();
  switch (next.ask) {
    case Ask::kNothing:
      return Sleep(next.at);
    case Ask::kIdentity:
      asked_ = next.ask;
      return Fetch({.target = "/"}, next.timeout);
    case Ask::kStatus:
      asked_ = next.ask;
      return Fetch({.target = "/status"}, next.timeout);
    case Ask::kPush:
      // Leadership may have ended by itself, and nobody had the time to tell.
      if (options_.may_push && !options_.may_push()) return Sleep(clock_.Uptime() + kMayPushLater);
      asked_ = next.ask;
      return Push(next.timeout);
    case Ask::kPayload:
    case Ask::kReadBack:
      return;
  }
}

void Gateway::Sleep(absl::Duration until) {
  if (until == absl::InfiniteDuration()) return;
  timer_ = clock_.After(until - clock_.Uptime(), [this] { Step(); });
}

void Gateway::Push(absl::Duration timeout) {
  state_.PushBegan(clock_.Uptime());
  io::HttpRequest request{.method = "POST", .target = "/config?check_hash=1"};
  if (flattened_) request.target += "&flatten_errors=1";
  request.headers.Set("Content-Type", "text/yaml");
  request.body = payload_->body;
  Fetch(std::move(request), timeout);
}

void Gateway::Fetch(io::HttpRequest request, absl::Duration timeout) {
  exchange_ = {};
  began_ = clock_.Uptime();
  for (const auto& [name, value] : options_.headers.all()) request.headers.Set(name, value);
  if (options_.admin_token) request.headers.Set("Kong-Admin-Token", options_.admin_token());
  request.headers.Set("Accept", "application/json");
  io::HttpDeadlines deadlines{
      .connect = std::min(timeout, absl::Seconds(10)), .head = timeout, .idle = timeout};
  call_ = client_->Fetch(std::move(request), deadlines,
                         {.on_head =
                              [this](const io::HttpHead& head) {
                                exchange_.head = head;
                                exchange_.answered = true;
                              },
                          .on_body =
                              [this](std::string_view bytes) {
                                exchange_.bytes += bytes.size();
                                const size_t most =
                                    asked_ == Ask::kReadBack ? kReadBackMax : kAnswerMax;
                                if (exchange_.head.status == 201 || exchange_.body.size() > most)
                                  return;
                                exchange_.body += bytes;
                              },
                          .on_done = [this](absl::Status status) { Finish(std::move(status)); }});
}

void Gateway::Finish(absl::Status status) {
  std::unique_ptr<io::HttpCall> call = std::move(call_);  // Lives until its own callback returns.
  Ask asked = std::exchange(asked_, Ask::kNothing);
  stepping_ = true;
  if (asked == Ask::kIdentity) FinishIdentity(status);
  if (asked == Ask::kStatus) FinishStatus(status);
  if (asked == Ask::kPush) FinishPush(status);
  if (asked == Ask::kReadBack) FinishReadBack(status);
  exchange_ = {};
  Announce();
  stepping_ = false;
  Step();
}

void Gateway::FinishIdentity(const absl::Status& status) {
  absl::Duration now = clock_.Uptime();
  if (!status.ok()) return state_.OnNoAnswer(engine::MessageOf(status), now);
  if (exchange_.head.status != 200) {
    return state_.OnNoAnswer(
        Cat("GET / answers ", ExplainStatus(exchange_.head.status, exchange_.body)), now);
  }
  absl::StatusOr<GatewayIdentity> identity = ReadIdentity(exchange_.body);
  if (!identity.ok()) return state_.OnNoAnswer(engine::MessageOf(identity.status()), now);
  absl::Status fit = listener_.Fits(*this, *identity);
  state_.OnIdentity(*std::move(identity), std::move(fit), now);
}

void Gateway::FinishStatus(const absl::Status& status) {
  absl::Duration now = clock_.Uptime();
  if (!status.ok()) return state_.OnNoAnswer(engine::MessageOf(status), now);
  if (exchange_.head.status != 200) {
    return state_.OnNoAnswer(
        Cat("GET /status answers ", ExplainStatus(exchange_.head.status, exchange_.body)), now);
  }
  absl::StatusOr<std::string> hash = ReadConfigurationHash(exchange_.body);
  if (!hash.ok()) return state_.OnNoAnswer(engine::MessageOf(hash.status()), now);
  state_.OnShown(*hash, now);
}

void Gateway::FinishPush(const absl::Status& status) {
  PushReport report = ReportPush(status);
  bool again = flattened_ && report.end == PushEnd::kRefused &&
               report.refusal.kind == Refusal::Kind::kNamesNothing;
  if (again) flattened_ = false, report.end = PushEnd::kRepeat;
  state_.OnPushEnd(report.end, report.retry_after, clock_.Uptime());
  Announce();
  listener_.Pushed(*this, report);
}

void Gateway::FinishReadBack(const absl::Status& status) {
  ReadBackThen then = std::exchange(read_back_, nullptr);
  if (!status.ok()) return then(status);
  if (exchange_.head.status != 200) {
    return then(engine::Unavailable("GET /config answers ", exchange_.head.status));
  }
  const std::optional<Json> answer = ParseJson(exchange_.body);
  std::string text(answer ? TextAt(*answer, "config") : std::string_view());
  if (text.empty()) return then(engine::Unavailable("GET /config answers no document"));
  then(std::move(text));
}

PushReport Gateway::ReportPush(const absl::Status& status) const {
  PushReport report{.end = PushEnd::kUnknown,
                    .status = exchange_.answered ? exchange_.head.status : 0,
                    .reason = {},
                    .bytes = payload_->bytes(),
                    .answer_bytes = exchange_.bytes,
                    .took = clock_.Uptime() - began_,
                    .retry_after = {},
                    .version = payload_->version,
                    .refusal = {},
                    .payload = payload_};
  switch (report.status) {
    case 0:
      report.reason = engine::MessageOf(status);
      return report;
    case 201:
      report.end = PushEnd::kLoaded;
      return report;
    case 304:
      report.end = PushEnd::kUnchanged;
      return report;
    case 400:
    case 413:
      report.end = PushEnd::kRefused;
      report.refusal = ReadRefusal(*payload_, report.status, exchange_.body);
      report.reason = report.refusal.message;
      return report;
    case 429:
      report.end = PushEnd::kBusy;
      report.retry_after = ReadRetryAfter(exchange_.head.headers.Find("Retry-After"));
      break;
    case 504:
      report.end = PushEnd::kUnknown;
      break;
    default:
      report.end = PushEnd::kFailed;
      break;
  }
  report.reason = ExplainStatus(report.status, exchange_.body);
  return report;
}

void Gateway::Announce() {
  for (GatewayState::Event event : state_.TakeEvents()) {
    std::shared_ptr<const Payload> had = payload_;
    listener_.Happened(*this, event);
    // The next one is asked for when it is needed; nobody holds a body for a gateway at rest.
    if (event == GatewayState::Event::kAcknowledged && payload_ == had) payload_ = nullptr;
  }
}

}  // namespace kong
