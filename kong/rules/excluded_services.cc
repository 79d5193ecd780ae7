#include "kong/rules/reports.h"
#include "kong/rules/rules.h"

namespace kong {

void ExcludeServices(const GatewayGraph& g, const Quarantine& quarantine, Reader& read,
                     Emitter<ExcludedService>& say) noexcept {
  ObjectName id{quarantine.object.ns, quarantine.object.name};
  if (quarantine.object == ServiceRef(id)) say.Emit(ExcludedService{id});
  if (quarantine.object != SecretRef(id)) return;
  for (const k8s::Service& service : read.In(g.services_by_secret, id))
    say.Emit(ExcludedService{service.key()});
}

}  // namespace kong
