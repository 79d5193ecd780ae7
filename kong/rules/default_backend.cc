// The default backend: that of the oldest Ingress of ours that has one, and of no other.
#include "engine/text.h"
#include "kong/ingress_plan.h"
#include "kong/route_fragment.h"
#include "kong/rules/reports.h"
#include "kong/rules/rules.h"

namespace kong {
namespace {

using engine::Cat;

std::string RouteNameOf(const ObjectName& ingress) { return Cat(ingress.ns, '.', ingress.name); }

// Comes after all routes of rules, whose positions are counted from 0.
constexpr uint32_t kNth = ~0u;

std::string WhyUnsupported(const k8s::IngressBackend& backend, const Options& options) {
  if (backend.has_service) return "";
  if (!backend.has_resource) return "default backend: no Service or Resource specified";
  if (backend.resource_kind.text() != "KongServiceFacade" ||
      backend.resource_group.text() != "incubator.ingress-controller.konghq.com") {
    return backend.resource_group
               ? Cat("default backend: unsupported resource type ", backend.resource_group, '/',
                     backend.resource_kind)
               : Cat("default backend: unsupported resource type ", backend.resource_kind);
  }
  if (options.kong_service_facade) return "default backend: KongServiceFacade has no effect yet";
  return "default backend: KongServiceFacade is not enabled, please set the \"KongServiceFacade\" "
         "feature gate to "
         "'true' to enable it";
}

}  // namespace

void ClaimForDefaultBackend(const GatewayGraph& g, const DefaultBackend& elected, Reader& read,
                            Emitter<RouteName, ServiceUse, Problem>& say) noexcept {
  const k8s::Ingress& ingress = *read.Find(g.ingresses, elected.ingress);
  const k8s::IngressBackend& backend = *ingress.default_backend;
  if (std::string why = WhyUnsupported(backend, g.options); !why.empty()) {
    return ReportFailure(say, IngressRef(elected.ingress), why);
  }
  say.Emit(RouteName{RouteId(RouteNameOf(elected.ingress)), elected.ingress, kNth},
           RankOf(ingress.meta, 0, kNth));
  say.Emit(ServiceUse{PortKeyOf(ingress.meta.ns(), backend),
                      backend.port_name ? 0 : backend.port_number, false, elected.ingress},
           RankOf(ingress.meta, 1));
}

void RenderDefaultRoute(const GatewayGraph& g, const DefaultBackend& elected, Reader& read,
                        Emitter<Entity, Problem>& say) noexcept {
  const k8s::Ingress& ingress = *read.Find(g.ingresses, elected.ingress);
  const k8s::IngressBackend& backend = *ingress.default_backend;
  if (!WhyUnsupported(backend, g.options).empty()) return;
  std::string name = RouteNameOf(elected.ingress);
  const RouteName& owner = *read.Find(g.route_names, RouteId(name));
  const ObjectRef self = IngressRef(elected.ingress);
  if (owner.ingress != elected.ingress || owner.nth != kNth) {
    std::string other = NameAfterCollision(name, self);
    ReportWarning(
        say, self,
        Cat("route name ", name, " belongs to the older ", IngressRef(owner.ingress).text(),
            "; the route of the default backend is called ", other));
    ReportWarning(say, IngressRef(owner.ingress),
                  Cat("route name ", name, " is also that of the default backend of the younger ",
                      self.text(), ", which is called ", other));
    name = other;
  }
  Findings reported_with_the_claims;
  RouteSettings settings = ParseRouteSettings(ingress.meta.annotations, reported_with_the_claims);
  std::vector<std::string> tags = TagsOfObject(k8s::Ingress::kType, ingress.meta, settings.tags);
  RouteSpec spec{.name = name,
                 .host = {},
                 .service = ServiceId(PortKeyOf(ingress.meta.ns(), backend).KongName()),
                 .settings = &settings,
                 .tags = &tags};
  Needs flavour = g.options.expressions ? kNeedsExpressions : kNeedsTraditional;
  say.Emit(Entity{EntityKind::kRoute,
                  RouteId(name),
                  flavour,
                  name,
                  RouteFragment(spec, g.options.expressions),
                  {self}});
}

}  // namespace kong
