#include "k8s/lease_election.h"

#include <algorithm>
#include <utility>

namespace k8s {
namespace {

constexpr double kJitter = 1.2;            // As client-go's: a pause is up to 2.2 times as long.
constexpr int64_t kReleasedDurationS = 1;  // Of a lease without a holder; as client-go writes it.

// Who claims to live for ever, or not at all, is believed as far as durations go.
absl::Duration DurationOf(const LeaseSpec& spec) {
  return absl::Seconds(std::max<int64_t>(spec.duration_s, 0));
}

}  // namespace

LeaseElection::Do LeaseElection::Next(absl::Duration uptime, absl::Time now) const {
  if (step_ == Step::kNever) return {};
  if (uptime < at_) {
    Do sleep;
    sleep.at = Leads(uptime) ? std::min(at_, leads_until_) : at_;
    return sleep;
  }
  switch (step_) {
    case Step::kRead:
      return {.ask = Ask::kRead, .at = uptime, .write = {}, .resource_version = {}};
    case Step::kCreate:
      return {.ask = Ask::kCreate, .at = uptime, .write = WhatToWrite(now), .resource_version = {}};
    case Step::kUpdate:
      return {.ask = Ask::kUpdate,
              .at = uptime,
              .write = WhatToWrite(now),
              .resource_version = seen_->resource_version};
    case Step::kNever:
      break;
  }
  return {};
}

LeaseSpec LeaseElection::WhatToWrite(absl::Time now) const {
  LeaseSpec spec{.holder = identity_,
                 .duration_s = absl::ToInt64Seconds(times_.lease),
                 .acquired = LeaseTime(now),
                 .renewed = LeaseTime(now),
                 .transitions = 0};
  if (!seen_) return spec;
  spec.transitions = seen_->spec.transitions;
  if (releasing_) {
    spec.holder.clear();
    spec.duration_s = kReleasedDurationS;
  } else if (Ours()) {
    spec.acquired = seen_->spec.acquired;
  } else {
    ++spec.transitions;
  }
  return spec;
}

void LeaseElection::Asked(absl::Duration uptime) {
  asked_at_ = uptime;
  writing_ = step_ != Step::kRead;
}

void LeaseElection::See(Lease lease, absl::Duration uptime) {
  if (!seen_ || seen_->spec != lease.spec) seen_at_ = uptime;
  seen_ = std::move(lease);
}

void LeaseElection::OnRead(Lease lease, absl::Duration uptime) {
  writing_ = false;
  See(std::move(lease), uptime);
  if (releasing_) return Then(Ours() ? Step::kUpdate : Step::kNever, uptime);
  const absl::Duration ends = seen_at_ + DurationOf(seen_->spec);
  if (seen_->spec.holder.empty() || Ours() || uptime >= ends) return Then(Step::kUpdate, uptime);
  leads_until_ = -absl::InfiniteDuration();  // It is another's, whatever we believed.
  Then(Step::kRead, std::min(uptime + RetryPause(), ends));
}

void LeaseElection::OnAbsent(absl::Duration uptime) {
  writing_ = false;
  seen_.reset();
  Then(releasing_ ? Step::kNever : Step::kCreate, uptime);
}

void LeaseElection::OnWritten(Lease lease, absl::Duration uptime) {
  writing_ = false;
  See(std::move(lease), uptime);
  if (releasing_) return Then(Step::kNever, uptime);
  if (!Ours()) return Then(Step::kRead, uptime + RetryPause());
  leads_until_ = asked_at_ + times_.renew_deadline;
  Then(Step::kUpdate, asked_at_ + times_.retry);
}

void LeaseElection::OnConflict(absl::Duration uptime) {
  const bool mine = Leads(uptime) || releasing_;
  writing_ = false;
  Then(Step::kRead, mine ? uptime : uptime + RetryPause());
}

void LeaseElection::OnFailure(absl::Duration uptime) {
  writing_ = false;
  if (releasing_) return Then(Step::kNever, uptime);
  const absl::Duration pause = Leads(uptime) ? times_.retry : RetryPause();
  Then(Step::kRead, std::max(uptime, asked_at_ + pause));
}

void LeaseElection::Release(absl::Duration uptime) {
  if (releasing_) return;
  releasing_ = true;
  leads_until_ = -absl::InfiniteDuration();
  // A write that was dropped may have made it ours.
  if (writing_) return Then(Step::kRead, uptime);
  Then(Ours() ? Step::kUpdate : Step::kNever, uptime);
}

absl::Duration LeaseElection::RetryPause() {
  random_ = random_ * 6364136223846793005u + 1442695040888963407u;
  const double share = static_cast<double>(random_ >> 11) / static_cast<double>(uint64_t{1} << 53);
  return times_.retry * (1 + kJitter * share);
}

}  // namespace k8s
