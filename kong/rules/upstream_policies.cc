#include "kong/rules/policy_rules.h"
#include "kong/rules/reports.h"

namespace kong {

void ReadUpstreamPolicy(const GatewayGraph&, const k8s::KongUpstreamPolicy& policy, Reader&,
                        Emitter<UpstreamPolicy, Problem>& say) noexcept {
  static const Symbol kKind(k8s::KongUpstreamPolicy::kType.kind);
  const ObjectName id = policy.key();
  Findings findings;
  say.Emit(UpstreamPolicy{id, SettingsOfPolicy(policy, findings)});
  ReportAll(say, {kKind, id.ns, id.name}, findings);
}

void ReadKongIngress(const GatewayGraph&, const k8s::KongIngress& ingress, Reader&,
                     Emitter<UpstreamOverride, Problem>& say) noexcept {
  static const Symbol kKind(k8s::KongIngress::kType.kind);
  const ObjectName id = ingress.key();
  Findings findings;
  say.Emit(UpstreamOverride{id, SettingsOfKongIngress(ingress, findings)});
  ReportAll(say, {kKind, id.ns, id.name}, findings);
}

}  // namespace kong
