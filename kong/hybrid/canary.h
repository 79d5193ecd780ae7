// Who of a class gets a risky change first: one data plane, and the others when it has taken it.
//
// A data plane of Kong 3.9 validates nothing on this path, so a change that it cannot load leaves
// it dead. What can do that is whatever is built anew for all requests: routes, services, plugins,
// upstreams, certificates. Targets, consumers and credentials are looked up one by one: a bad one
// hurts the requests that meet it, so they go to everybody at once, unless they come together with
// something risky.
//
// A canary is given the change and must say that it has it. If it goes, or says so not in time, the
// change is stopped: the others keep what they have until the canary takes it after all, the change
// is another, or a pause is over, after which another data plane is tried; each pause is twice as
// long. A canary that does not even come for it is no evidence, so after a while another one is
// chosen. A data plane alone in its class is its own canary, and one that has nothing has nothing
// to lose.
//
// Decisions only: no clock, no sockets; the fleet asks (delta_fleet.h). Cost: O(1) a question.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "engine/table.h"
#include "kong/patch.h"

namespace kong {

// Tells changes apart by what is risky in them; 0: nothing is.
uint64_t RiskOf(const Patch& patch);

struct CanaryTimes {
  absl::Duration comes = absl::Seconds(10);  // From being chosen to coming for the change.
  absl::Duration takes = absl::Seconds(30);  // From being given it to having it.
  absl::Duration pause_first = absl::Minutes(1);
  absl::Duration pause_most = absl::Minutes(10);
};

class Canary {
 public:
  explicit Canary(CanaryTimes times = {}) : times_(times) {}

  void Joined() { ++members_; }
  // True if the change that it was to try is stopped by that.
  bool Left(const std::string& node, absl::Duration now);

  struct Offer {
    const std::string& node;
    engine::Version to = 0;
    uint64_t risk = 0;
    bool asked = false;  // It came for it; else it would be told.
  };
  // Whether the node may have this change now. If nobody tries it, the node becomes the canary.
  bool Admits(const Offer& offer, absl::Duration now);
  // True if this is the canary: it was given it.
  bool Given(const std::string& node, absl::Duration now);
  // `node` has everything up to `covers`. True if others may have it now, too.
  bool Took(const std::string& node, engine::Version covers, absl::Duration now);
  // It cannot apply what it was given. True if that stops a change.
  bool Failed(const std::string& node, absl::Duration now);

  enum class Change { kNone, kOpen, kStopped };
  // What the passing of time changes: another canary may be chosen, or the change is stopped.
  Change Tick(absl::Duration now);
  bool waiting() const { return trial_ || stop_; }
  const std::string& canary() const { return last_; }  // The last that was chosen.
  bool stopped() const { return stop_.has_value(); }

 private:
  struct Trial {
    std::string node;
    engine::Version to = 0;
    uint64_t risk = 0;
    absl::Duration since;
    bool given = false;
  };
  struct Stop {
    std::string node;
    uint64_t risk = 0;
    absl::Duration until;
  };
  bool Stops(const Offer& offer, absl::Duration now) const;
  void StopTrial(absl::Duration now);

  const CanaryTimes times_;
  size_t members_ = 0;
  engine::Version proven_ = 0;
  std::optional<Trial> trial_;
  std::optional<Stop> stop_;
  // Who did not come, or failed, and until when others are tried first. Not for ever: the others
  // may lack nothing.
  std::map<std::string, absl::Duration> passed_over_;
  absl::Duration pause_;
  std::string last_;
};

}  // namespace kong
