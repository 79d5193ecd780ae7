// The order of equals as a part of a graph: its tables, its indexes, and its rules.
//
// What writes `matches` comes before DeclareRouteOrder, what reads `orders` after it. The graph of
// the gateway has one member of this type, which adds nothing to Kong itself. Cost: a match that
// comes, goes or changes takes five evaluations at most, plus those of the routes whose number
// changes; route_order.h says which.
#pragma once

#include "engine/graph.h"
#include "kong/problem.h"
#include "kong/route_order_tables.h"

namespace kong {

class RouteOrderGraph {
 private:
  engine::Graph& graph_;

 public:
  explicit RouteOrderGraph(engine::Graph& graph) : graph_(graph) {}

  engine::Table<ExpressionMatch>& matches = graph_.AddTable<ExpressionMatch>("expression_matches");
  engine::Table<ExpressionOrder>& orders = graph_.AddTable<ExpressionOrder>("expression_orders");

  engine::Table<CrowdedBits>& crowded = graph_.AddTable<CrowdedBits>("crowded_bits");
  engine::Table<OldestOfPattern>& oldest = graph_.AddTable<OldestOfPattern>("oldest_of_pattern");
  engine::Table<BucketShape>& shapes = graph_.AddTable<BucketShape>("bucket_shapes");
  engine::Table<TangledBucket>& tangled = graph_.AddTable<TangledBucket>("tangled_buckets");

  engine::Index<ExpressionMatch, uint64_t>& matches_of_bits = graph_.AddIndex<uint64_t>(
      "matches_of_bits", matches,
      [](const ExpressionMatch& match, auto visit) { visit(match.bits); });
  engine::Index<OldestOfPattern, MatchDigest>& oldest_of_bucket = graph_.AddIndex<MatchDigest>(
      "oldest_of_bucket", oldest,
      [](const OldestOfPattern& each, auto visit) { visit(each.bucket); });
  engine::Index<BucketShape, MatchDigest>& shapes_of_bucket = graph_.AddIndex<MatchDigest>(
      "shapes_of_bucket", shapes,
      [](const BucketShape& each, auto visit) { visit(each.id.bucket); });

  void DeclareRules(engine::Table<Problem>& problems);
};

}  // namespace kong
