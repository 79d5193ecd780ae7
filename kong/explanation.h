// Why Kong has what it has: an object's path to its entities, or an entity's path back.
//
// Texts for people, made from what the engine remembers of each evaluation. Private keys are
// removed. Engine thread, or whoever owns the graph. O(entities).
#pragma once

#include <string>
#include <string_view>

#include "engine/graph.h"
#include "kong/gateway_graph.h"

namespace kong {

// What the graph holds of the object, what is wrong with it, and each entity that came from it: by
// which rule, what that read, and who else claimed the key.
std::string ExplainObject(const engine::Graph& graph, const GatewayGraph& g,
                          const ObjectRef& object);

// The entities of that name or id; empty if there are none.
std::string ExplainEntity(const engine::Graph& graph, const GatewayGraph& g,
                          std::string_view name_or_id);

}  // namespace kong
