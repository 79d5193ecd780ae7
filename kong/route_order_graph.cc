#include "kong/route_order_graph.h"

#include "kong/rules/route_order_rules.h"

namespace kong {

void RouteOrderGraph::DeclareRules(engine::Table<Problem>& problems) {
  auto rule = [this](auto function) {
    return [this, function](auto&&... arguments) noexcept { function(*this, arguments...); };
  };
  graph_.AddRule("order_of_few", matches_of_bits, {}, std::tie(orders, crowded), rule(OrderFew));
  graph_.AddRule("order_claims", matches, {&crowded}, std::tie(orders, oldest, shapes),
                 rule(ClaimInCrowd));
  graph_.AddRule("tangled_buckets", shapes_of_bucket, {}, std::tie(tangled), rule(FindTangled));
  graph_.AddRule("order_of_plain", oldest, {&tangled}, std::tie(orders), rule(OrderPlain));
  graph_.AddRule("order_of_tangled", oldest_of_bucket, {&tangled, &matches},
                 std::tie(orders, problems), rule(OrderTangled));
}

}  // namespace kong
