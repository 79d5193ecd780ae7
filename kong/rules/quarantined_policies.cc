#include "kong/rules/policy_rules.h"
#include "kong/rules/reports.h"

namespace kong {

void ExcludeByPolicy(const GatewayGraph& g, const Quarantine& quarantine, Reader& read,
                     Emitter<ExcludedService, ExcludedFacade>& say) noexcept {
  const ObjectName id{quarantine.object.ns, quarantine.object.name};
  if (quarantine.object == FacadeRef(id)) say.Emit(ExcludedFacade{id});
  for (const k8s::Service& service : read.In(g.policies.services_by_policy, quarantine.object))
    say.Emit(ExcludedService{service.key()});
  for (const k8s::KongServiceFacade& facade :
       read.In(g.policies.facades_by_policy, quarantine.object))
    say.Emit(ExcludedFacade{facade.key()});
}

}  // namespace kong
