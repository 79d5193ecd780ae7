// The routes of an Ingress, and what it should know about the Secrets and hosts of its TLS.
#include "engine/text.h"
#include "kong/ingress_plan.h"
#include "kong/plugin_attachments.h"
#include "kong/route_fragment.h"
#include "kong/rules/reports.h"
#include "kong/rules/rules.h"
#include "kong/rules/tls_secrets.h"

namespace kong {
namespace {

using engine::Cat;
using Say = Emitter<Entity, PluginUse, Problem>;

// The name under which a route may exist. The younger of two routes of one name gets another, and
// both Ingresses are told.
std::string NameOfRoute(const GatewayGraph& g, const k8s::Ingress& ingress, const RoutePlan& route,
                        uint32_t nth, Reader& read, Say& say) {
  const RouteName& owner = *read.Find(g.route_names, RouteId(route.name));
  ObjectRef self = IngressRef(ingress.key());
  if (owner.owner == self && owner.nth == nth) return route.name;
  std::string name = NameAfterCollision(route.name, self);
  ReportWarning(say, self,
                Cat("route name ", route.name, " belongs to the older ", owner.owner.text(),
                    "; this route is called ", name));
  ReportWarning(say, owner.owner,
                Cat("route name ", route.name, " is also that of the younger ", self.text(),
                    ", whose route is called ", name));
  return name;
}

}  // namespace

void RenderIngressRoutes(const GatewayGraph& g, const Admitted& admitted, Reader& read,
                         Emitter<Entity, PluginUse, Problem>& say) noexcept {
  const k8s::Ingress& ingress = *read.Find(g.ingresses, admitted.id);
  const bool legacy_regex = !g.options.expressions && read.Find(g.legacy_regex_on, {});
  const Needs flavour = g.options.expressions ? kNeedsExpressions : kNeedsTraditional;
  const ObjectRef self = IngressRef(admitted.id);
  IngressPlan plan = PlanIngress(ingress, g.options, [&](Symbol name) {
    return read.Find(g.policies.facades, {admitted.id.ns, name});
  });
  std::vector<std::string> tags =
      TagsOfObject(k8s::Ingress::kType, ingress.meta, plan.settings.tags);

  const std::vector<PluginRef> plugins = PluginsOf(ingress.meta.annotations, ingress.meta.ns());

  for (uint32_t nth = 0; nth < plan.routes.size(); ++nth) {
    const RoutePlan& route = plan.routes[nth];
    std::string name = NameOfRoute(g, ingress, route, nth, read, say);
    EntityId id = RouteId(name);
    RouteSpec spec{.name = name,
                   .host = route.host,
                   .paths = &route.paths,
                   .legacy_regex_detection = legacy_regex,
                   .service = ServiceId(route.service.KongName()),
                   .settings = &plan.settings,
                   .tags = &tags};
    say.Emit(Entity{
        EntityKind::kRoute, id, flavour, name, RouteFragment(spec, g.options.expressions), {self}});
    SayPluginUses(say, {self, k8s::Ingress::kType.group},
                  {.scope = PluginScope::kRoute,
                   .id = id,
                   .name = name,
                   .service = spec.service,
                   .needs = flavour},
                  plugins);
    if (plan.rewrite.empty()) continue;
    say.Emit(Entity{EntityKind::kPlugin,
                    RoutePluginId("request-transformer", id),
                    0,
                    "request-transformer",
                    RewritePluginFragment(id, plan.rewrite),
                    {self}});
  }
  for (const k8s::IngressTls& tls : ingress.tls)
    CheckTlsSecret(g, ingress.meta, tls, self, read, say);
}

}  // namespace kong
