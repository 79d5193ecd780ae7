// Finds an entity that a gateway refuses without naming it, by trying parts of the payload.
//
// The parts are put in an order: first those that a gateway of the class had already (they are the
// likely innocents, and what a trial makes live is what was live), then the others, each in payload
// order. The first n of them are a trial, without what refers to something beyond them. If the
// first n are taken and the first n+1 are not, the last is the culprit; between them is halved.
// That what was had already is taken together is assumed, and only if the search ends there, tried.
// So a gateway loads at most 2·⌈log₂ N⌉ trials for one culprit among N; usually few, because few
// are new.
//
// Pure. Making one costs a look at each part; a trial copies bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "kong/payload.h"

namespace kong {

class Bisection {
 public:
  // `proven`: fingerprints of fragments that a gateway of this class took.
  Bisection(std::shared_ptr<const Payload> refused, const absl::flat_hash_set<uint64_t>& proven);

  // What to push next; null when the culprit is found.
  std::shared_ptr<const Payload> Trial();
  void Accepted();
  void Refused();
  std::optional<PartRef> culprit() const;
  const Payload& payload() const { return *payload_; }
  const std::shared_ptr<const Payload>& whole() const { return payload_; }
  int trials() const { return trials_; }

 private:
  struct Candidate {
    PartRef part;
    size_t order = 0;                // Its place in the order of trials.
    std::vector<size_t> references;  // Candidates, by their place in the payload.
  };
  void FindReferences();

  std::shared_ptr<const Payload> payload_;
  std::vector<Candidate> candidates_;  // In payload order.
  std::vector<size_t> order_;          // Candidates in the order of trials.
  size_t taken_ = 0;                   // The first so many are taken …
  size_t refused_ = 0;                 // … and these are not.
  size_t assumed_ = 0;                 // How many are taken only as far as we know.
  size_t trial_ = 0;
  int trials_ = 0;
};

}  // namespace kong
