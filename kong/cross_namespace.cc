#include "kong/cross_namespace.h"

#include "kong/gateway_graph.h"

namespace kong {

bool MayRefer(const GatewayGraph& g, engine::Reader& read, const Referrer& from,
              const Referent& to) {
  if (from.ns == to.id.ns) return true;
  Grant::Key key{Symbol(from.group), Symbol(from.kind), from.ns,   Symbol(to.group),
                 Symbol(to.kind),    to.id.ns,          to.id.name};
  if (read.Find(g.attachment.grants, key)) return true;
  key.to_name = {};
  return read.Find(g.attachment.grants, key) != nullptr;
}

}  // namespace kong
