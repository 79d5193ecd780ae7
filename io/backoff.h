// Delays that double up to a cap, with jitter, so that a fleet does not retry in step.
#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace io {

// Delays are uniform in [d/2, d], d = first, 2*first, 4*first … cap. Deterministic for a seed.
class Backoff {
 public:
  Backoff(absl::Duration first, absl::Duration cap, uint64_t seed)
      : first_(first), cap_(cap), next_(first), state_(seed) {}
  absl::Duration Next();
  void Reset() { next_ = first_; }

 private:
  absl::Duration first_, cap_, next_;
  uint64_t state_;
};

}  // namespace io
