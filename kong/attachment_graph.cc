#include "kong/attachment_graph.h"

#include <tuple>

#include "kong/gateway_graph.h"
#include "kong/rules/attachment_rules.h"

namespace kong {
namespace {

// A rule over the whole program, as the graph calls it.
auto Rule(const GatewayGraph& g, auto function) {
  return [&g, function](auto&... arguments) noexcept { function(g, arguments...); };
}

}  // namespace

void DeclareGrants(engine::Graph& graph, GatewayGraph& g) {
  AttachmentGraph& a = g.attachment;
  graph.AddRule("grants", a.reference_grants, {}, std::tie(a.grants), Rule(g, ReadReferenceGrant));
}

}  // namespace kong
