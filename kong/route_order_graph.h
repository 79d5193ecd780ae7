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
  explicit RouteOrderGraph(engine::Graph& graph);

  engine::Table<ExpressionMatch>& matches;
  engine::Table<ExpressionOrder>& orders;

  engine::Table<CrowdedBits>& crowded;
  engine::Table<OldestOfPattern>& oldest;
  engine::Table<BucketShape>& shapes;
  engine::Table<TangledBucket>& tangled;

  engine::Index<ExpressionMatch, uint64_t>& matches_of_bits;
  engine::Index<OldestOfPattern, MatchDigest>& oldest_of_bucket;
  engine::Index<BucketShape, MatchDigest>& shapes_of_bucket;

  void DeclareRules(engine::Table<Problem>& problems);
};

}  // namespace kong
