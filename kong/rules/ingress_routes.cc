// The routes of an Ingress, and what it should know about the Secrets and hosts of its TLS.
#include "engine/text.h"
#include "kong/ingress_plan.h"
#include "kong/plugin_attachments.h"
#include "kong/route_fragment.h"
#include "kong/rules/reports.h"
#include "kong/rules/route_says.h"
#include "kong/rules/rules.h"
#include "kong/rules/tls_secrets.h"

namespace kong {
void RenderIngressRoutes(const GatewayGraph& g, const Admitted& admitted, Reader& read,
                         Emitter<Entity, PluginUse, Problem>& say) noexcept {
  const k8s::Ingress& ingress = *read.Find(g.ingresses, admitted.id);
  const bool legacy_regex = !g.options.expressions && read.Find(g.legacy_regex_on, {});
  const ObjectRef self = IngressRef(admitted.id);
  IngressPlan plan = PlanIngress(ingress, g.options, [&](Symbol name) {
    return read.Find(g.policies.facades, {admitted.id.ns, name});
  });
  std::vector<std::string> tags =
      TagsOfObject(k8s::Ingress::kType, ingress.meta, plan.settings.tags);

  const std::vector<PluginRef> plugins = PluginsOf(ingress.meta.annotations, ingress.meta.ns());

  for (uint32_t nth = 0; nth < plan.routes.size(); ++nth) {
    const RoutePlan& route = plan.routes[nth];
    GrantedName name = GrantedRouteName(g, route.name, self, nth, read, say);
    const EntityId id = name.id;
    RouteSpec spec{.name = name.text,
                   .id = id,
                   .host = route.host,
                   .paths = &route.paths,
                   .legacy_regex_detection = legacy_regex,
                   .service = ServiceId(route.service.KongName()),
                   .settings = &plan.settings,
                   .tags = &tags};
    std::string json = RouteFragment(spec, g.options.expressions);
    SayRoute(g, say, {self, k8s::Ingress::kType.group}, std::move(name), spec.service,
             std::move(json), plugins);
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
