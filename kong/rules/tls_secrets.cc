#include "kong/rules/tls_secrets.h"

namespace kong {

using engine::Cat;

void CheckTlsSecret(const GatewayGraph& g, const k8s::ObjectMeta& meta, const k8s::IngressTls& tls,
                    const ObjectRef& self, Reader& read, Emitter<Entity, PluginUse, Problem>& say) {
  if (tls.hosts.empty() || !tls.secret_name) return;
  const ObjectName secret{meta.ns(), tls.secret_name};
  if (const SecretState* state = read.Find(g.secret_states, secret)) {
    if (!state->good_pair) ReportFailure(say, self, "failed to construct certificate from secret");
  } else if (!read.Find(g.secret_metadata, secret)) {
    ReportFailure(say, self, Cat("Failed to fetch the secret (", secret, ")"));
  }
  for (Symbol host : tls.hosts) {
    const SniUse& winner = *read.Find(g.sni_uses, host);
    if (winner.secret == secret) continue;
    ReportWarning(say, self,
                  Cat("host ", host, " has its certificate from Secret ", winner.secret, " of ",
                      winner.owner.text(), ", not from ", secret));
  }
}

}  // namespace kong
