// The conditions of all objects as documents: one for each object, listener, and parent of a route.
//
// What a status writer would write, for people and tests. Sorted by object, so equal graphs give
// equal texts. Engine thread; O(conditions).
#pragma once

#include <string>
#include <vector>

#include "kong/gateway_graph.h"

namespace kong {

// Each a JSON object: kind, namespace, name; of a listener its name, attachedRoutes and
// supportedKinds; of a parent its parentRef; and the conditions by type.
std::vector<std::string> ConditionDocuments(const GatewayGraph& g);

}  // namespace kong
