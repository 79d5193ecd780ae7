// What an Ingress of ours claims. Claims are small; what becomes of them is decided when all are
// known.
#include <optional>

#include "engine/text.h"
#include "kong/annotations.h"
#include "kong/ingress_plan.h"
#include "kong/rules/reports.h"
#include "kong/rules/rules.h"
#include "kong/rules/tls_secrets.h"

namespace kong {
namespace {

bool IsOurs(const GatewayGraph& g, const k8s::Ingress& ingress, Reader& read) {
  const std::string* annotation = ingress.meta.annotations.Find(kIngressClassAnnotation);
  if (annotation && !annotation->empty()) return *annotation == g.options.ingress_class;
  if (ingress.class_name) return ingress.class_name->text() == g.options.ingress_class;
  return read.Find(g.default_class, {}) != nullptr;
}

// A Service in quarantine to which the Ingress leads, if there is one.
std::optional<ObjectName> ExcludedBackend(const GatewayGraph& g, const k8s::Ingress& ingress,
                                          Reader& read) {
  auto excluded = [&](const k8s::IngressBackend& backend) {
    return backend.has_service &&
           read.Find(g.excluded_services, {ingress.meta.ns(), backend.service});
  };
  if (ingress.default_backend && excluded(*ingress.default_backend)) {
    return ObjectName{ingress.meta.ns(), ingress.default_backend->service};
  }
  for (const k8s::IngressRule& rule : ingress.rules) {
    for (const k8s::IngressPath& path : rule.paths) {
      if (excluded(path.backend)) return ObjectName{ingress.meta.ns(), path.backend.service};
    }
  }
  return std::nullopt;
}

}  // namespace

void ClaimForIngress(const GatewayGraph& g, const k8s::Ingress& ingress, Reader& read,
                     Emitter<Admitted, RouteName, ServiceUse, SniUse, UsedCertificate, WantedSecret,
                             DefaultBackend, Problem>& say) noexcept {
  ObjectName id = ingress.key();
  if (!IsOurs(g, ingress, read)) return;
  if (read.Find(g.quarantine, IngressRef(id))) return;
  if (std::optional<ObjectName> service = ExcludedBackend(g, ingress, read)) {
    return ReportWarning(say, IngressRef(id),
                         engine::Cat("has no effect while Service ", *service,
                                     ", to which it leads, is in quarantine"));
  }
  say.Emit(Admitted{id});
  if (ingress.default_backend) say.Emit(DefaultBackend{id}, RankOf(ingress.meta));

  IngressPlan plan = PlanIngress(ingress, g.options);
  for (uint32_t nth = 0; nth < plan.routes.size(); ++nth) {
    const RoutePlan& route = plan.routes[nth];
    say.Emit(RouteName{RouteId(route.name), id, nth}, RankOf(ingress.meta, 0, nth));
    say.Emit(ServiceUse{route.service, route.port_number, true, id}, RankOf(ingress.meta));
  }
  ReportAll(say, IngressRef(id), plan.findings);

  ClaimTlsSecrets(ingress.tls, ingress.meta, IngressRef(id), say);
}

}  // namespace kong
