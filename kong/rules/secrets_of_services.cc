// The Secrets that a Service needs, if something leads to it: fetched, and as certificates in Kong.
#include "kong/annotations.h"
#include "kong/rules/reports.h"
#include "kong/rules/rules.h"
#include "kong/service_tls.h"

namespace kong {

void WantSecretsOfService(const GatewayGraph& g, const k8s::Service& service, Reader& read,
                          Emitter<UsedCertificate, WantedSecret>& say) noexcept {
  if (!NamesSecrets(service.meta.annotations)) return;
  if (read.In(g.uses_of_service, service.key()).empty()) return;
  Findings reported_with_the_entity;
  ServiceSettings settings =
      ParseServiceSettings(service.meta.annotations, reported_with_the_entity);
  if (!settings.client_cert.empty()) {
    ObjectName secret{service.meta.ns(), Symbol(settings.client_cert)};
    say.Emit(WantedSecret{secret});
    if (SpeaksTls(settings)) say.Emit(UsedCertificate{secret});
  }
  for (const std::string& name : settings.ca_certificates_secrets) {
    say.Emit(WantedSecret{{service.meta.ns(), Symbol(name)}});
  }
}

}  // namespace kong
