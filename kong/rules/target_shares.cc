// Targets to which several backends contribute, or whose weight depends on how many they are.
//
// A backend's weight is divided by the number of its targets, rounded down, and never becomes 0 by
// that; what backends say of one address is added up. So one endpoint more changes every target of
// its backend, unless the weight is 1 or 0. Both rules are those of the Kong Ingress Controller.
#include <algorithm>

#include "kong/rules/reports.h"
#include "kong/rules/rules.h"

namespace kong {
namespace {

constexpr int64_t kWeightWithout = 100;  // Kong's own default.
constexpr int64_t kWeightMost = 65535;

int64_t WeightOf(const GatewayGraph& g, const TargetShare& share, Reader& read) {
  if (share.drained) return 0;
  if (!share.weight) return kWeightWithout;
  if (*share.weight <= 1) return *share.weight;
  int64_t targets = static_cast<int64_t>(read.In(g.shares_of_backend, share.backend).size());
  return std::max<int64_t>(1, *share.weight / std::max<int64_t>(1, targets));
}

}  // namespace

void AddUpShares(const GatewayGraph& g, const TargetKey& target, engine::Group<TargetShare> shares,
                 Reader& read, Emitter<Entity>& say) noexcept {
  int64_t sum = 0;
  bool weighted = shares.size() > 1;
  for (const TargetShare& share : shares) {
    sum += WeightOf(g, share, read);
    weighted |= share.drained || share.weight.has_value();
  }
  std::optional<int32_t> weight;
  if (weighted) weight = static_cast<int32_t>(std::min(sum, kWeightMost));
  say.Emit(TargetEntity(target.upstream, target.target.text(), weight,
                        ServiceRef(shares.front().service)));
}

}  // namespace kong
