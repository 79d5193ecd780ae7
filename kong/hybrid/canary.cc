#include "kong/hybrid/canary.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"

namespace kong {
namespace {

bool IsRisky(EntityKind kind) {
  switch (kind) {
    case EntityKind::kTarget:
    case EntityKind::kConsumer:
    case EntityKind::kConsumerGroup:
    case EntityKind::kConsumerGroupConsumer:
    case EntityKind::kKeyAuth:
    case EntityKind::kHmacAuth:
    case EntityKind::kJwt:
    case EntityKind::kBasicAuth:
    case EntityKind::kAcl:
    case EntityKind::kOauth2:
    case EntityKind::kMtlsAuth:
      return false;
    default:
      return true;
  }
}

}  // namespace

uint64_t RiskOf(const Patch& patch) {
  uint64_t risk = 0;
  for (const Entity& entity : patch.upserts) {
    if (IsRisky(entity.kind)) risk += absl::HashOf(1, entity.kind, entity.id, entity.json);
  }
  for (const EntityKey& key : patch.removals) {
    if (IsRisky(key.kind)) risk += absl::HashOf(2, key.kind, key.id);
  }
  const bool any = std::any_of(patch.upserts.begin(), patch.upserts.end(),
                               [](const Entity& each) { return IsRisky(each.kind); }) ||
                   std::any_of(patch.removals.begin(), patch.removals.end(),
                               [](const EntityKey& each) { return IsRisky(each.kind); });
  return any ? std::max<uint64_t>(risk, 1) : 0;
}

bool Canary::Left(const std::string& node, absl::Duration now) {
  --members_;
  passed_over_.erase(node);
  if (Failed(node, now)) return true;
  if (trial_ && trial_->node == node) trial_.reset();
  return false;
}

// Who failed has no more to lose by the same change; with another one that it does not come for,
// it would only be waited for once more.
bool Canary::Stops(const Offer& offer, absl::Duration now) const {
  if (!stop_ || now >= stop_->until) return false;
  const bool failed = stop_->node == offer.node;
  return stop_->risk == offer.risk ? !failed : failed && !offer.asked;
}

bool Canary::Admits(const Offer& offer, absl::Duration now) {
  if (offer.risk == 0 || offer.to <= proven_ || members_ < 2) return true;
  if (trial_) {
    if (trial_->node != offer.node) return false;
    trial_->to = std::max(trial_->to, offer.to);
    trial_->risk = offer.risk;
    return true;
  }
  if (Stops(offer, now)) return false;
  if (passed_over_.size() >= members_) passed_over_.clear();
  const auto passed = passed_over_.find(offer.node);
  if (passed != passed_over_.end() && now < passed->second) return false;
  trial_ =
      Trial{.node = offer.node, .to = offer.to, .risk = offer.risk, .since = now, .given = false};
  last_ = offer.node;
  return true;
}

bool Canary::Given(const std::string& node, absl::Duration now) {
  if (!trial_ || trial_->node != node) return false;
  if (!std::exchange(trial_->given, true)) trial_->since = now;
  return true;
}

bool Canary::Took(const std::string& node, engine::Version covers, absl::Duration now) {
  if (covers <= proven_) return false;
  proven_ = covers;
  const bool closes = trial_ && covers >= trial_->to;
  if (closes) {
    trial_.reset();
  } else if (trial_ && trial_->node == node) {  // It goes on, step by step.
    trial_->given = false;
    trial_->since = now;
  }
  if (!trial_) {
    stop_.reset();
    pause_ = {};
    passed_over_.clear();
  }
  return true;
}

bool Canary::Failed(const std::string& node, absl::Duration now) {
  if (!trial_ || trial_->node != node || !trial_->given) return false;
  StopTrial(now);
  return true;
}

void Canary::StopTrial(absl::Duration now) {
  pause_ = std::clamp(2 * pause_, times_.pause_first, times_.pause_most);
  stop_ = Stop{.node = trial_->node, .risk = trial_->risk, .until = now + pause_};
  trial_.reset();
}

Canary::Change Canary::Tick(absl::Duration now) {
  if (trial_ && !trial_->given && now - trial_->since >= times_.comes) {
    passed_over_[trial_->node] = now + times_.pause_first;
    trial_.reset();
    return Change::kOpen;
  }
  if (trial_ && trial_->given && now - trial_->since >= times_.takes) {
    StopTrial(now);
    return Change::kStopped;
  }
  if (stop_ && !trial_ && now >= stop_->until) {
    passed_over_ = {{stop_->node, now + times_.pause_first}};
    stop_.reset();
    return Change::kOpen;
  }
  return Change::kNone;
}

}  // namespace kong
