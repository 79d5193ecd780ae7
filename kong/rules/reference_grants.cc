#include "kong/rules/attachment_rules.h"

namespace kong {

void ReadReferenceGrant(const GatewayGraph&, const k8s::ReferenceGrant& grant, Reader&,
                        Emitter<Grant>& say) noexcept {
  for (const k8s::ReferenceGrant::From& from : grant.from) {
    for (const k8s::ReferenceGrant::To& to : grant.to) {
      // Some write "core" for the core group, which is meant.
      Symbol group = to.group.text() == "core" ? Symbol() : to.group;
      say.Emit(Grant{{from.group, from.kind, from.ns, group, to.kind, grant.meta.ns(), to.name}});
    }
  }
}

}  // namespace kong
