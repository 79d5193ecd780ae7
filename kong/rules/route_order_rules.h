// The rules that number equal expressions; route_order.h says what they compute.
#pragma once

#include "engine/emitter.h"
#include "engine/reader.h"
#include "kong/route_order_graph.h"

namespace kong {

using engine::Emitter;
using engine::Group;
using engine::Reader;

// Few equals are numbered by age; of more it only says that they are many.
void OrderFew(const RouteOrderGraph& g, uint64_t bits, const Group<ExpressionMatch>& equals,
              Reader& read, Emitter<ExpressionOrder, CrowdedBits>& say) noexcept;

// In a crowd: to be the oldest of its pattern, and the lowest number for as long as it is not.
void ClaimInCrowd(const RouteOrderGraph& g, const ExpressionMatch& match, Reader& read,
                  Emitter<ExpressionOrder, OldestOfPattern, BucketShape>& say) noexcept;

void FindTangled(const RouteOrderGraph& g, const MatchDigest& bucket,
                 const Group<BucketShape>& shapes, Reader& read,
                 Emitter<TangledBucket>& say) noexcept;

// In a bucket whose patterns exclude each other all of them come first.
void OrderPlain(const RouteOrderGraph& g, const OldestOfPattern& oldest, Reader& read,
                Emitter<ExpressionOrder>& say) noexcept;

// In any other they are numbered together.
void OrderTangled(const RouteOrderGraph& g, const MatchDigest& bucket,
                  const Group<OldestOfPattern>& patterns, Reader& read,
                  Emitter<ExpressionOrder, Problem>& say) noexcept;

}  // namespace kong
