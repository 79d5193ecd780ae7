// Who of several replicas leads: the decisions of an election by Lease, without I/O.
//
// The idea is client-go's: the Lease names a holder, who renews it every few seconds; whoever has
// seen no sign of life for as long as the holder claimed takes it, and the API server's resource
// versions let one writer win. No clock of another machine is ever believed: a lease is old when
// *we* have seen the same text for its whole duration, by a clock that only goes forward.
//
//   Do next = election.Next(uptime, now);   // send something, or sleep until
//   election.Asked(uptime);                 // it leaves
//   election.On…(answer, uptime);
//
// Two never lead at once, as long as no clock runs a third faster than another: a leader counts its
// `renew_deadline` from the moment when the last successful renewal was *sent*, and others count
// the longer `lease` from when they saw what it wrote, which is later. Whether somebody leads is a
// question of time, so a process that was asleep does not lead when it wakes, before any timer has
// fired. A leader that lost its lease becomes a candidate again.
//
// Where it differs from client-go: a candidate wakes when the lease ends instead of up to
// 4.4 s later, a writer patches only the spec, and after a failed write it reads first. Pure; O(1)
// a call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "k8s/lease.h"

namespace k8s {

struct LeaseTimes {
  absl::Duration lease = absl::Seconds(15);
  absl::Duration renew_deadline = absl::Seconds(10);
  absl::Duration retry = absl::Seconds(2);
};

class LeaseElection {
 public:
  enum class Ask : uint8_t {
    kNothing,  // Sleep until `at`.
    kRead,
    kCreate,  // `write`.
    kUpdate,  // `write`, over `resource_version`.
  };
  struct Do {
    Ask ask = Ask::kNothing;
    absl::Duration at = absl::InfiniteDuration();
    LeaseSpec write;
    std::string resource_version;
  };

  // The identity differs from that of every other process, also of an earlier one on this machine.
  LeaseElection(std::string identity, LeaseTimes times, uint64_t seed)
      : identity_(std::move(identity)), times_(times), random_(seed) {}

  // Of what is asked for, one thing at a time. `now` is only written down, for people.
  Do Next(absl::Duration uptime, absl::Time now) const;
  void Asked(absl::Duration uptime);

  void OnRead(Lease lease, absl::Duration uptime);
  void OnAbsent(absl::Duration uptime);  // There is no such Lease.
  void OnWritten(Lease lease, absl::Duration uptime);
  void OnConflict(absl::Duration uptime);  // Somebody else wrote first.
  void OnFailure(absl::Duration uptime);   // Anything else; a write may have happened even so.
  // Leads no more, and gives the lease back if it is ours. What was under way must be dropped.
  void Release(absl::Duration uptime);

  bool Leads(absl::Duration uptime) const { return uptime < leads_until_; }
  absl::Duration leads_until() const { return leads_until_; }
  bool released() const { return step_ == Step::kNever; }
  // Of the newest Lease that was seen; empty if there is none.
  std::string_view holder() const { return seen_ ? seen_->spec.holder : std::string_view(); }

 private:
  enum class Step : uint8_t { kRead, kCreate, kUpdate, kNever };
  void Then(Step step, absl::Duration at) { step_ = step, at_ = at; }
  void See(Lease lease, absl::Duration uptime);
  bool Ours() const { return seen_ && seen_->spec.holder == identity_; }
  LeaseSpec WhatToWrite(absl::Time now) const;
  absl::Duration RetryPause();

  const std::string identity_;
  const LeaseTimes times_;
  uint64_t random_;

  Step step_ = Step::kRead;
  absl::Duration at_ = -absl::InfiniteDuration();  // When to do it.
  bool writing_ = false;                           // What was asked last is a write.
  absl::Duration asked_at_;
  bool releasing_ = false;

  std::optional<Lease> seen_;
  absl::Duration seen_at_;  // When its spec first said what it says.
  absl::Duration leads_until_ = -absl::InfiniteDuration();
};

}  // namespace k8s
