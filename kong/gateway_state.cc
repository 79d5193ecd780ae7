#include "kong/gateway_state.h"

#include <algorithm>

#include "engine/assert.h"
#include "engine/text.h"
#include "kong/payload.h"

namespace kong {
namespace {

constexpr absl::Duration kSlowLoad = absl::Seconds(30);
constexpr size_t kMeasurableBytes = 100'000;  // Below, the round trip is what is measured.
constexpr double kPatience = 3;               // A busy machine loads at a third of its pace.

}  // namespace

Do GatewayState::Next(absl::Duration now) const {
  auto sleep = [](absl::Duration until) {
    return Do{.ask = Ask::kNothing, .timeout = {}, .at = until};
  };
  auto ask = [&](Ask what) { return Do{.ask = what, .timeout = times_.status_timeout, .at = now}; };
  if (now < not_before_) return sleep(not_before_);
  if (identity_due_) return ask(Ask::kIdentity);
  if (shown_.empty() || now >= status_at_) return ask(Ask::kStatus);
  if (outcome_unknown_ || payload_asked_ || !Due()) return sleep(status_at_);
  absl::Duration gate = std::max(pushed_at_ + times_.push_spacing, left_alone_until_);
  if (now < gate) return sleep(std::min(gate, status_at_));
  if (stale_ > 0 || !at_hand_) return ask(Ask::kPayload);
  if (!leads_) return sleep(status_at_);
  if (wanted_->hash == refused_ && now < refused_until_)
    return sleep(std::min(refused_until_, status_at_));
  return {.ask = Ask::kPush, .timeout = PushTimeout(wanted_->bytes), .at = now};
}

absl::Duration GatewayState::PushTimeout(size_t bytes) const {
  absl::Duration expected = absl::Seconds(seconds_per_byte_ * static_cast<double>(bytes));
  return std::clamp(kPatience * expected, times_.push_timeout_least,
                    std::max(times_.push_timeout_least, times_.push_timeout_most));
}

void GatewayState::Stale(engine::Version version) {
  published_ = std::max(published_, version);
  stale_ = published_;
}

void GatewayState::Want(Wanted wanted) {
  payload_asked_ = false;
  if (wanted.version == 0 || wanted.version >= stale_) stale_ = 0;
  at_hand_ = true;
  wanted_ = std::move(wanted);
  if (in_sync()) Acknowledge();
}

void GatewayState::Hold(std::string_view hash, absl::Duration now) {
  refused_ = hash;
  refused_until_ = now + times_.refused_retry;
}

void GatewayState::Lead(bool leads, absl::Duration now) {
  leads_ = leads;
  if (!leads) return;
  confirmed_.clear();  // What it shows instead, the leader before us was right to send.
  foreign_.clear();
  status_at_ = now;
}

void GatewayState::PushBegan(absl::Duration now) {
  CHECK(!outcome_unknown_ && wanted_ && at_hand_, "a push while the outcome of another is open");
  pushed_ = wanted_->hash;
  pushed_bytes_ = wanted_->bytes;
  pushed_at_ = now;
  shown_before_ = shown_;
}

void GatewayState::OnIdentity(GatewayIdentity identity, absl::Status fit, absl::Duration now) {
  shown_.clear();
  if (!fit.ok()) {
    Lose(engine::MessageOf(fit));
    not_before_ = now + times_.retry_most;
    return;
  }
  // Whoever was started anew loads nothing of what it was sent before.
  if (identity_ && identity_->node_id != identity.node_id) outcome_unknown_ = false;
  bool other_class = identity_ && identity_->offers() != identity.offers();
  if (other_class) wanted_.reset(), payload_asked_ = false, stale_ = published_;
  if (identity_ && !identity_->SameKind(identity)) refused_.clear();
  if (!usable()) events_.push_back(Event::kFound);
  identity_ = std::move(identity);
  identity_due_ = false;
  trouble_.clear();
}

void GatewayState::OnNoAnswer(std::string_view why, absl::Duration now) {
  identity_due_ = true;
  // A gateway that is busy with a load may well be slow to answer.
  if (!outcome_unknown_ || now >= settled_at_) Lose(why);
  Retry(now);
}

void GatewayState::Lose(std::string_view why) {
  identity_due_ = true;
  if (trouble_ == why) return;
  trouble_ = why;
  events_.push_back(Event::kLost);
}

void GatewayState::Retry(absl::Duration now) {
  retry_delay_ = std::clamp(2 * retry_delay_, times_.retry_first, times_.retry_most);
  not_before_ = now + retry_delay_;
}

void GatewayState::OnShown(std::string_view hash, absl::Duration now) {
  status_at_ = now + times_.status_interval;
  shown_ = hash;
  if (outcome_unknown_) Settle(hash, now);
  if (outcome_unknown_) return;
  retry_delay_ = {};
  if (in_sync()) {
    if (confirmed_ != shown_ || at_hand_) Acknowledge();
    return;
  }
  if (confirmed_.empty() || hash == confirmed_) return;
  confirmed_.clear();
  if (hash == kZeroHash) {
    events_.push_back(Event::kFresh);
    identity_due_ = true;  // Whoever was started anew may be another version.
  } else if (hash != pushed_ && leads_) {
    Drift(now);
  }
}

void GatewayState::Acknowledge() {
  confirmed_ = shown_;
  acknowledged_ = std::max(acknowledged_, wanted_->version);
  at_hand_ = false;
  events_.push_back(Event::kAcknowledged);
}

void GatewayState::Drift(absl::Duration now) {
  foreign_.push_back(now);
  while (foreign_.front() <= now - times_.foreign_window) foreign_.pop_front();
  if (static_cast<int>(foreign_.size()) < times_.foreign_limit) {
    events_.push_back(Event::kDrifted);
    return;
  }
  foreign_.clear();
  left_alone_until_ = now + times_.foreign_pause;
  events_.push_back(Event::kLeftAlone);
}

// Decides, if it can be decided, how a push ended that got no answer. One load excludes another, so
// what changes since then shows that ours goes on no more. (What the gateway showed before the push
// says less: it may have changed in between.) Should it be wrong after all, the next push gets a
// 429.
void GatewayState::Settle(std::string_view hash, absl::Duration now) {
  bool restarted = hash == kZeroHash && shown_before_ != kZeroHash;
  bool changed = !shown_since_.empty() && hash != shown_since_;
  shown_since_ = hash;
  if (hash == pushed_) {
    LoadedAfter(now - pushed_at_);
  } else if (!restarted && !changed && now < settled_at_) {
    retry_delay_ = std::clamp(2 * retry_delay_, times_.retry_first, times_.status_timeout);
    status_at_ = now + retry_delay_;
    return;
  }
  outcome_unknown_ = false;
}

void GatewayState::OnPushEnd(PushEnd end, absl::Duration retry_after, absl::Duration now) {
  absl::Duration took = now - pushed_at_;
  switch (end) {
    case PushEnd::kLoaded:
    case PushEnd::kUnchanged:
      if (end == PushEnd::kLoaded) LoadedAfter(took);
      retry_delay_ = {};
      shown_ = pushed_;
      confirmed_ = pushed_;
      status_at_ = now + times_.status_interval;
      if (in_sync()) Acknowledge();
      return;
    case PushEnd::kRefused:
      retry_delay_ = {};
      return Hold(pushed_, now);
    case PushEnd::kRepeat:
      return;
    case PushEnd::kBusy:
      not_before_ = now + std::max(absl::Seconds(1), retry_after);
      return;
    case PushEnd::kFailed:
      return Retry(now);
    case PushEnd::kUnknown:
      outcome_unknown_ = true;
      shown_since_.clear();
      if (pushed_bytes_ >= kMeasurableBytes)
        seconds_per_byte_ = std::max(seconds_per_byte_, PaceOf(took));
      settled_at_ = now + std::max(times_.load_longest, PushTimeout(pushed_bytes_));
      retry_delay_ = {};
      status_at_ = now + times_.retry_first;
      return;
  }
}

double GatewayState::PaceOf(absl::Duration took) const {
  return absl::ToDoubleSeconds(took) / static_cast<double>(pushed_bytes_);
}

void GatewayState::LoadedAfter(absl::Duration took) {
  bool slow = took > kSlowLoad;
  if (slow && !slow_) events_.push_back(Event::kSlow);
  slow_ = slow;
  if (pushed_bytes_ < kMeasurableBytes) return;
  double measured = PaceOf(took);
  // Slower counts at once, faster by and by: a timeout that is too long costs nothing.
  seconds_per_byte_ = std::max(measured, 0.7 * seconds_per_byte_ + 0.3 * measured);
}

}  // namespace kong
