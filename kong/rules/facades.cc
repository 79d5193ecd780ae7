#include "kong/rules/ingress_class_of.h"
#include "kong/rules/policy_rules.h"
#include "kong/rules/reports.h"

namespace kong {

void ReadFacade(const GatewayGraph& g, const k8s::KongServiceFacade& facade, Reader& read,
                Emitter<Facade, Problem>& say) noexcept {
  if (!g.options.kong_service_facade || !HasOurClass(g, facade.meta, read)) return;
  if (facade.service.empty() || facade.port == 0) {
    return ReportFailure(say, FacadeRef(facade.key()),
                         "spec.backendRef must have the name and the port of a Service");
  }
  say.Emit(Facade{facade.key(), facade.service, facade.port});
}

}  // namespace kong
