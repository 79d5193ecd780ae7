#include "kong/rules/attachment_rules.h"

namespace kong {

void AdmitListenerSet(const GatewayGraph& g, const k8s::ListenerSet& set, Reader& read,
                      Emitter<OurListenerSet>& say) noexcept {
  if (set.parent.GroupText() != k8s::kGatewayGroup || set.parent.KindText() != "Gateway") return;
  const ObjectName gateway = set.parent.NameFrom(set.meta.ns());
  const OurGateway* ours = read.Find(g.attachment.our_gateways, gateway);
  if (!ours || read.Find(g.quarantine, ListenerSetRef(set.key()))) return;
  const bool accepted = Admits(g, read, ours->listener_sets, gateway.ns, set.meta.ns());
  say.Emit(OurListenerSet{set.key(), gateway, accepted, set.meta.created_s});
}

}  // namespace kong
