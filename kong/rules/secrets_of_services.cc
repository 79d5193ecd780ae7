// The Secrets that a Service needs, if something leads to it: fetched, and as certificates in Kong.
#include "kong/annotations.h"
#include "kong/rules/policy_rules.h"
#include "kong/rules/reports.h"
#include "kong/rules/rules.h"
#include "kong/rules/service_settings.h"
#include "kong/service_tls.h"

namespace kong {

static void Want(const k8s::TextMap& annotations, Symbol ns,
                 Emitter<UsedCertificate, WantedSecret>& say) {
  if (!NamesSecrets(annotations)) return;
  Findings reported_with_the_entity;
  ServiceSettings settings = ParseServiceSettings(annotations, reported_with_the_entity);
  if (!settings.client_cert.empty()) {
    ObjectName secret{ns, Symbol(settings.client_cert)};
    say.Emit(WantedSecret{secret});
    if (SpeaksTls(settings)) say.Emit(UsedCertificate{secret});
  }
  for (const std::string& name : settings.ca_certificates_secrets)
    say.Emit(WantedSecret{{ns, Symbol(name)}});
}

void WantSecretsOfService(const GatewayGraph& g, const k8s::Service& service, Reader& read,
                          Emitter<UsedCertificate, WantedSecret>& say) noexcept {
  if (!NamesSecrets(service.meta.annotations)) return;
  if (read.In(g.uses_of_service, service.key()).empty() &&
      read.In(g.streams.tcp_uses_of_service, service.key()).empty())
    return;
  Want(service.meta.annotations, service.meta.ns(), say);
}

void WantSecretsOfFacade(const GatewayGraph& g, const Facade& facade, Reader& read,
                         Emitter<UsedCertificate, WantedSecret>& say) noexcept {
  const k8s::Service* service = read.Find(g.services, {facade.id.ns, facade.service});
  if (!service || read.In(g.uses_of_facade, facade.id).empty()) return;
  const k8s::KongServiceFacade& object = *read.Find(g.policies.service_facades, facade.id);
  Want(AnnotationsOf(*service, object), facade.id.ns, say);
}

}  // namespace kong
