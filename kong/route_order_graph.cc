#include "kong/route_order_graph.h"

#include "kong/rules/route_order_rules.h"

namespace kong {

RouteOrderGraph::RouteOrderGraph(engine::Graph& graph)
    : graph_(graph),
      matches(graph_.AddTable<ExpressionMatch>("expression_matches")),
      orders(graph_.AddTable<ExpressionOrder>("expression_orders")),
      crowded(graph_.AddTable<CrowdedBits>("crowded_bits")),
      oldest(graph_.AddTable<OldestOfPattern>("oldest_of_pattern")),
      shapes(graph_.AddTable<BucketShape>("bucket_shapes")),
      tangled(graph_.AddTable<TangledBucket>("tangled_buckets")),
      matches_of_bits(graph_.AddIndex<uint64_t>(
          "matches_of_bits", matches,
          [](const ExpressionMatch& match, auto visit) { visit(match.bits); })),
      oldest_of_bucket(graph_.AddIndex<MatchDigest>(
          "oldest_of_bucket", oldest,
          [](const OldestOfPattern& each, auto visit) { visit(each.bucket); })),
      shapes_of_bucket(graph_.AddIndex<MatchDigest>(
          "shapes_of_bucket", shapes,
          [](const BucketShape& each, auto visit) { visit(each.id.bucket); })) {}

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
