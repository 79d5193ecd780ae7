// Runs an election by Lease (lease_election.h) over the API: one request at a time, one timer.
//
//   k8s::LeaseCandidate candidate(api, clock, {.lease = {ns, id}, .identity = …},
//                                 [&](bool leads) { … });
//   candidate.Start();
//
// `changed` is called from the clock when leadership is won or lost. Between two calls `leads()` is
// the truth: it is a question of time and turns false by itself, so ask it before each deed that
// only a leader may do. Needs the rights get, create and patch on Leases of the namespace. Lives on
// the clock's thread; not to be destroyed from within a callback.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "io/clock.h"
#include "io/http_client.h"
#include "k8s/api_client.h"
#include "k8s/lease_election.h"

namespace k8s {

struct CandidateOptions {
  NamespacedName lease;
  std::string identity;
  LeaseTimes times;
  uint64_t seed = 0;  // Of jitter.
};

class LeaseCandidate {
 public:
  LeaseCandidate(ApiClient& api, io::Clock& clock, CandidateOptions options,
                 std::function<void(bool leads)> changed);
  LeaseCandidate(const LeaseCandidate&) = delete;
  LeaseCandidate& operator=(const LeaseCandidate&) = delete;

  void Start() { Step(); }
  // Leads no more, at once; `then` when the lease was given back, or could not be.
  void Release(absl::AnyInvocable<void()> then);

  bool leads() const { return election_.Leads(clock_.Uptime()); }
  std::string_view holder() const { return election_.holder(); }
  const absl::Status& error() const { return error_; }  // OK while the Lease can be used.

 private:
  void Step();
  void Tell();
  void Send(const LeaseElection::Do& next);
  void Finish(const absl::Status& status);
  void Answer(int http_status, const std::string& body);
  void Fail(absl::Status why);

  ApiClient& api_;
  io::Clock& clock_;
  const CandidateOptions options_;
  std::function<void(bool)> changed_;
  LeaseElection election_;
  bool told_ = false;  // Whether we lead.
  absl::Status error_;
  LeaseElection::Ask asked_ = LeaseElection::Ask::kNothing;  // What is under way.
  int http_status_ = 0;
  std::string body_;
  absl::AnyInvocable<void()> released_;
  std::unique_ptr<io::HttpCall> call_;
  io::Timer timer_;  // Until the next request.
  io::Timer end_;    // Until our own time is over.
};

}  // namespace k8s
