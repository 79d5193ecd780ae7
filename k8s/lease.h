// coordination.k8s.io/v1 Lease, as far as an election needs it: who holds it, and signs of life.
//
// Times stay the text that their writer wrote: they are compared, never calculated with, because
// the clocks of two machines need not agree. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "k8s/object_meta.h"
#include "k8s/resource_type.h"

namespace k8s {

inline constexpr ResourceType kLeaseType{"coordination.k8s.io", "v1", "leases", "Lease", true};

struct LeaseSpec {
  std::string holder;      // holderIdentity; empty: nobody.
  int64_t duration_s = 0;  // leaseDurationSeconds
  std::string acquired;    // acquireTime
  std::string renewed;     // renewTime
  int64_t transitions = 0;
  auto fields() const { return std::tie(holder, duration_s, acquired, renewed, transitions); }
  friend bool operator==(const LeaseSpec&, const LeaseSpec&) = default;
};

struct Lease {
  LeaseSpec spec;
  std::string resource_version;
};

absl::StatusOr<Lease> ParseLease(std::string_view json);
std::string LeaseTime(absl::Time now);  // 2026-01-02T03:04:05.000006Z
// The object of a POST.
std::string NewLeaseText(const NamespacedName& lease, const LeaseSpec& spec);
// A merge patch that is refused with a conflict unless the object is of `resource_version`. What
// others wrote into its metadata stays.
std::string LeasePatchText(const LeaseSpec& spec, std::string_view resource_version);

}  // namespace k8s
