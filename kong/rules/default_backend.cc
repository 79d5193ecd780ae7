// The default backend: that of the oldest Ingress of ours that has one, and of no other.
#include "engine/text.h"
#include "kong/ingress_plan.h"
#include "kong/plugin_attachments.h"
#include "kong/route_fragment.h"
#include "kong/rules/reports.h"
#include "kong/rules/route_says.h"
#include "kong/rules/rules.h"

namespace kong {
namespace {

using engine::Cat;

std::string RouteNameOf(const ObjectName& ingress) { return Cat(ingress.ns, '.', ingress.name); }

// Comes after all routes of rules, whose positions are counted from 0.
constexpr uint32_t kNth = ~0u;

// Where it leads, or why it leads nowhere.
struct Target {
  ServiceKey service;
  ServiceBackend backend;
  std::string why;
};

std::string WhyUnsupported(const k8s::IngressBackend& backend, const Options& options) {
  if (backend.has_service) return "";
  if (!backend.has_resource) return "default backend: no Service or Resource specified";
  if (!IsFacade(backend)) {
    return backend.resource_group
               ? Cat("default backend: unsupported resource type ", backend.resource_group, '/',
                     backend.resource_kind)
               : Cat("default backend: unsupported resource type ", backend.resource_kind);
  }
  if (options.kong_service_facade) return "";
  return "default backend: KongServiceFacade is not enabled, please set the \"KongServiceFacade\" "
         "feature gate to "
         "'true' to enable it";
}

Target TargetOf(const GatewayGraph& g, Symbol ns, const k8s::IngressBackend& backend,
                Reader& read) {
  if (std::string why = WhyUnsupported(backend, g.options); !why.empty()) {
    return {{}, {}, std::move(why)};
  }
  if (backend.has_service) return {PortKeyOf(ns, backend), BackendOf(ns, backend), ""};
  const ObjectName id{ns, backend.resource_name};
  if (const Facade* facade = read.Find(g.policies.facades, id))
    return {FacadeKeyOf(id), BackendOf(*facade), ""};
  return {{},
          {},
          Cat("default backend: KongServiceFacade \"", id.name,
              "\" could not be fetched: KongServiceFacade ", id, " not found")};
}

}  // namespace

void ClaimForDefaultBackend(const GatewayGraph& g, const DefaultBackend& elected, Reader& read,
                            Emitter<RouteName, ServiceUse, Problem>& say) noexcept {
  const k8s::Ingress& ingress = *read.Find(g.ingresses, elected.ingress);
  Target target = TargetOf(g, ingress.meta.ns(), *ingress.default_backend, read);
  if (!target.why.empty()) return ReportFailure(say, IngressRef(elected.ingress), target.why);
  say.Emit(RouteName{RouteId(RouteNameOf(elected.ingress)), IngressRef(elected.ingress), kNth},
           RankOf(ingress.meta, 0, kNth));
  say.Emit(ServiceUse{target.service, {target.backend}, {}, IngressRef(elected.ingress)},
           RankOf(ingress.meta, 1));
}

void RenderDefaultRoute(const GatewayGraph& g, const DefaultBackend& elected, Reader& read,
                        Emitter<Entity, PluginUse, Problem>& say) noexcept {
  const k8s::Ingress& ingress = *read.Find(g.ingresses, elected.ingress);
  const Target target = TargetOf(g, ingress.meta.ns(), *ingress.default_backend, read);
  if (!target.why.empty()) return;
  const ObjectRef self = IngressRef(elected.ingress);
  GrantedName name = GrantedRouteName(g, RouteNameOf(elected.ingress), self, kNth, read, say);
  Findings reported_with_the_claims;
  RouteSettings settings = ParseRouteSettings(ingress.meta.annotations, reported_with_the_claims);
  std::vector<std::string> tags = TagsOfObject(k8s::Ingress::kType, ingress.meta, settings.tags);
  RouteSpec spec{.name = name.text,
                 .id = name.id,
                 .host = {},
                 .service = ServiceId(target.service.KongName()),
                 .settings = &settings,
                 .tags = &tags};
  std::string json = RouteFragment(spec, g.options.expressions);
  SayRoute(g, say, {self, k8s::Ingress::kType.group}, std::move(name), spec.service,
           std::move(json), PluginsOf(ingress.meta.annotations, ingress.meta.ns()));
}

}  // namespace kong
