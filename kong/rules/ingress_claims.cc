// What an Ingress of ours claims. Claims are small; what becomes of them is decided when all are
// known.
#include <optional>

#include "engine/text.h"
#include "kong/annotations.h"
#include "kong/ingress_plan.h"
#include "kong/plugin_attachments.h"
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

// What is in quarantine of what a backend leads to, if anything is.
std::optional<ObjectRef> ExcludedOf(const GatewayGraph& g, Symbol ns,
                                    const k8s::IngressBackend& backend, Reader& read) {
  const ObjectName service{ns, backend.service};
  if (backend.has_service && read.Find(g.excluded_services, service)) return ServiceRef(service);
  if (!IsFacade(backend)) return std::nullopt;
  const ObjectName id{ns, backend.resource_name};
  if (read.Find(g.policies.excluded_facades, id)) return FacadeRef(id);
  const Facade* facade = read.Find(g.policies.facades, id);
  if (facade && read.Find(g.excluded_services, {ns, facade->service})) {
    return ServiceRef({ns, facade->service});
  }
  return std::nullopt;
}

// Something in quarantine to which the Ingress leads, if there is any.
std::optional<ObjectRef> ExcludedBackend(const GatewayGraph& g, const k8s::Ingress& ingress,
                                         Reader& read) {
  const Symbol ns = ingress.meta.ns();
  std::optional<ObjectRef> found;
  if (ingress.default_backend) found = ExcludedOf(g, ns, *ingress.default_backend, read);
  for (const k8s::IngressRule& rule : ingress.rules) {
    for (const k8s::IngressPath& path : rule.paths) {
      if (!found) found = ExcludedOf(g, ns, path.backend, read);
    }
  }
  return found;
}

}  // namespace

void ClaimForIngress(const GatewayGraph& g, const k8s::Ingress& ingress, Reader& read,
                     Emitter<Admitted, RouteName, ServiceUse, SniUse, UsedCertificate, WantedSecret,
                             DefaultBackend, Problem>& say) noexcept {
  ObjectName id = ingress.key();
  if (!IsOurs(g, ingress, read)) return;
  if (read.Find(g.quarantine, IngressRef(id))) return;
  if (auto plugin = ExcludedPluginOf(g, read, {IngressRef(id), k8s::Ingress::kType.group},
                                     PluginsOf(ingress.meta.annotations, id.ns))) {
    return ReportWarning(say, IngressRef(id),
                         engine::Cat("has no effect while ", plugin->object().text(),
                                     ", which it uses, is in quarantine"));
  }
  if (ingress.class_name && read.Find(g.quarantine, IngressClassRef(*ingress.class_name))) {
    return ReportWarning(say, IngressRef(id),
                         engine::Cat("has no effect while IngressClass ", *ingress.class_name,
                                     ", which it names, is in quarantine"));
  }
  if (std::optional<ObjectRef> excluded = ExcludedBackend(g, ingress, read)) {
    return ReportWarning(say, IngressRef(id),
                         engine::Cat("has no effect while ", excluded->text(),
                                     ", to which it leads, is in quarantine"));
  }
  say.Emit(Admitted{id});
  if (ingress.default_backend) say.Emit(DefaultBackend{id}, RankOf(ingress.meta));

  IngressPlan plan = PlanIngress(ingress, g.options, [&](Symbol name) {
    return read.Find(g.policies.facades, {id.ns, name});
  });
  for (uint32_t nth = 0; nth < plan.routes.size(); ++nth) {
    const RoutePlan& route = plan.routes[nth];
    say.Emit(RouteName{RouteId(route.name), IngressRef(id), nth}, RankOf(ingress.meta, 0, nth));
    say.Emit(ServiceUse{route.service, {route.backend}, {.root_path = true}, IngressRef(id)},
             RankOf(ingress.meta));
  }
  ReportAll(say, IngressRef(id), plan.findings);

  ClaimTlsSecrets(ingress.tls, ingress.meta, IngressRef(id), 0, say);
}

}  // namespace kong
