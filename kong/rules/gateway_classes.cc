#include "kong/rules/attachment_rules.h"

namespace kong {

void ReadGatewayClass(const GatewayGraph& g, const k8s::GatewayClass& gateway_class, Reader&,
                      Emitter<OurClass, Condition>& say) noexcept {
  static const Symbol kKind("GatewayClass"), kAccepted("Accepted");
  if (gateway_class.controller != g.options.gateway_controller) return;
  const Symbol name = gateway_class.meta.name();
  const std::string* unmanaged =
      gateway_class.meta.annotations.Find("konghq.com/gatewayclass-unmanaged");
  say.Emit(OurClass{name, unmanaged && !unmanaged->empty()});
  say.Emit(Condition{{{kKind, {}, name}, {}, 0, kAccepted},
                     ConditionStatus::kTrue,
                     kAccepted,
                     "the gatewayclass has been accepted by the controller",
                     gateway_class.meta.generation});
}

}  // namespace kong
