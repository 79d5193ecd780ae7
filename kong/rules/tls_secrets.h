// The `tls` of an Ingress or TCPIngress: the hosts that it claims for its Secrets, and what its
// author should know of them. Pure; called by their rules.
#pragma once

#include <vector>

#include "engine/text.h"
#include "k8s/ingress.h"
#include "kong/rules/reports.h"
#include "kong/rules/rules.h"

namespace kong {

// `nth_kind` tells an Ingress from a TCPIngress of its name and age.
template <class Say>
void ClaimTlsSecrets(const std::vector<k8s::IngressTls>& all, const k8s::ObjectMeta& meta,
                     const ObjectRef& owner, uint32_t nth_kind, Say& say) {
  for (const k8s::IngressTls& tls : all) {
    if (tls.hosts.empty() || !tls.secret_name) continue;
    const ObjectName secret{meta.ns(), tls.secret_name};
    for (Symbol host : tls.hosts) say.Emit(SniUse{host, secret, owner}, RankOf(meta, 0, nth_kind));
    say.Emit(UsedCertificate{secret});
    say.Emit(WantedSecret{secret});
  }
}

void CheckTlsSecret(const GatewayGraph& g, const k8s::ObjectMeta& meta, const k8s::IngressTls& tls,
                    const ObjectRef& self, Reader& read, Emitter<Entity, PluginUse, Problem>& say);

}  // namespace kong
