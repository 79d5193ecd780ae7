// Which number each Kong route gets among those of equal priority bits. Elect small, then render:
// who is the oldest of a pattern is a claim, so a new oldest one costs no look at the others.
#include "kong/route_order.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/text.h"
#include "kong/rules/reports.h"
#include "kong/rules/route_order_rules.h"

namespace kong {
namespace {

using engine::Cat;

// Who claims an order. One of few, the oldest of a pattern in a crowd, any in a crowd; while a
// group changes sides in an epoch, claims of both sides meet.
constexpr uint32_t kFewTier = 0, kOldestTier = 1, kWaitingTier = 2;

}  // namespace

void OrderFew(const RouteOrderGraph&, uint64_t bits, const Group<ExpressionMatch>& equals, Reader&,
              Emitter<ExpressionOrder, CrowdedBits>& say) noexcept {
  if (equals.size() > kFewEquals) return say.Emit(CrowdedBits{bits});
  std::vector<const ExpressionMatch*> by_age;
  for (const ExpressionMatch& match : equals) by_age.push_back(&match);
  std::sort(by_age.begin(), by_age.end(),
            [](const auto* a, const auto* b) { return ComesFirst(*a, *b); });
  uint32_t number = HighestNumber(bits);
  for (const ExpressionMatch* match : by_age)
    say.Emit(ExpressionOrder{match->route, number--}, {.tier = kFewTier});
}

void ClaimInCrowd(const RouteOrderGraph& g, const ExpressionMatch& match, Reader& read,
                  Emitter<ExpressionOrder, OldestOfPattern, BucketShape>& say) noexcept {
  if (!read.Find(g.crowded, match.bits)) return;
  MatchDigest bucket = DigestOfBucket(match.bits, match.pattern);
  say.Emit(ExpressionOrder{match.route, 0}, {.tier = kWaitingTier});
  say.Emit(
      OldestOfPattern{DigestOfPattern(match.bits, match.pattern), bucket, match.route, match.bits},
      match.rank());
  say.Emit(BucketShape{{bucket, DigestOfShape(match.pattern)}});
}

void FindTangled(const RouteOrderGraph&, const MatchDigest& bucket,
                 const Group<BucketShape>& shapes, Reader&, Emitter<TangledBucket>& say) noexcept {
  if (shapes.size() > 1) say.Emit(TangledBucket{bucket});
}

void OrderPlain(const RouteOrderGraph& g, const OldestOfPattern& oldest, Reader& read,
                Emitter<ExpressionOrder>& say) noexcept {
  if (read.Find(g.tangled, oldest.bucket)) return;
  say.Emit(ExpressionOrder{oldest.route, HighestNumber(oldest.bits)}, {.tier = kOldestTier});
}

void OrderTangled(const RouteOrderGraph& g, const MatchDigest& bucket,
                  const Group<OldestOfPattern>& patterns, Reader& read,
                  Emitter<ExpressionOrder, Problem>& say) noexcept {
  if (!read.Find(g.tangled, bucket)) return;
  std::vector<const ExpressionMatch*> by_age;
  for (const OldestOfPattern& each : patterns) by_age.push_back(read.Find(g.matches, each.route));
  std::sort(by_age.begin(), by_age.end(),
            [](const auto* a, const auto* b) { return ComesFirst(*a, *b); });
  std::vector<const MatchPattern*> demands;
  for (const ExpressionMatch* match : by_age) demands.push_back(&match->pattern);
  std::vector<uint32_t> chains = ChainLengths(demands);
  for (size_t i = 0; i < by_age.size(); ++i) {
    const ExpressionMatch& match = *by_age[i];
    say.Emit(ExpressionOrder{match.route, NumberInCrowd(match.bits, chains[i])},
             {.tier = kOldestTier});
    if (!Saturates(match.bits, chains[i])) continue;
    ReportWarning(say, match.object,
                  Cat("match ", match.nth, " shares requests with a chain of ", chains[i],
                      " older ones that are as specific, more than priorities can tell apart; "
                      "where it meets the last of them, either may win; give it a longer path or "
                      "one more header"));
  }
}

}  // namespace kong
