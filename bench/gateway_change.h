// A change to the world, and what it costs the gateway's graph.
#pragma once

#include <cstddef>
#include <functional>

#include "bench/measured.h"
#include "engine/assert.h"
#include "kong/gateway_graph.h"

namespace bench {

// `n` counts Services; the object in the middle of its kind changes.
struct GatewayChange {
  const char* name;
  std::function<void(kong::GatewayGraph&, size_t n, size_t round)> set;
};

inline void MeasureChange(engine::Graph& graph, kong::GatewayGraph& gateway,
                          const GatewayChange& change, size_t n) {
  const Cost cost = Measure(graph, [&](size_t round) { change.set(gateway, n, round); });
  size_t entities = 0;
  const bool known = gateway.entities.ChangedSince(cost.stats.version - 1,
                                                   [&](const auto&, const auto*) { ++entities; });
  CHECK(known, "the feed does not reach back one epoch");
  Print(change.name, cost, entities);
}

}  // namespace bench
