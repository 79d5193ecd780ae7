// What the epoch under way has touched: so its cost follows from what changed, not from how many
// tables, indexes and rules the graph has. (With 120 rules, visiting each of them took half of the
// time of one changed endpoint.)
//
// Whatever notes a first change of its own enters itself here, and wakes the rules that run over it
// or read it; all of these stand at higher levels. Graph::Step empties the lists. Engine's thread
// only: sources are set, and evaluations committed, by one thread.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/row_type.h"

namespace engine {

class Domain;
class GroupIndex;
class IndexBase;
class RuleBase;

struct Epoch {
  Version published = 0;                      // What changes now belongs to the next version.
  std::vector<std::vector<RuleBase*>> awake;  // By level; each rule once, in any order.
  std::vector<Domain*> touched;               // Some group changed, or may have.
  std::vector<GroupIndex*> unsettled;         // Rows came or went, members are not yet told.
  std::vector<IndexBase*> dying;              // Some number may be needed no more; perhaps twice.
};

struct EpochStats {
  Version version = 0;  // What this epoch published.
  uint64_t evaluations = 0;
  uint64_t cutoffs = 0;  // Of these, how many changed nothing.
  uint64_t changes = 0;  // Rows that appeared, changed or went in derived tables.
};

}  // namespace engine
