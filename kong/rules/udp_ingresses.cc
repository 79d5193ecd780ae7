// UDPIngress: a route a rule, for datagrams.
#include "engine/text.h"
#include "kong/plugin_attachments.h"
#include "kong/rules/route_says.h"
#include "kong/rules/stream_claims.h"
#include "kong/rules/stream_rules.h"
#include "kong/stream_fragment.h"

namespace kong {
namespace {

using engine::Cat;

ObjectRef RefOf(const ObjectName& id) {
  static const Symbol kKind(k8s::UdpIngress::kType.kind);
  return {kKind, id.ns, id.name};
}

}  // namespace

void ClaimForUdpIngress(const GatewayGraph& g, const k8s::UdpIngress& ingress, Reader& read,
                        Emitter<AdmittedUdp, ServiceUse, RouteName, Problem>& say) noexcept {
  const ObjectName id = ingress.key();
  const ObjectRef self = RefOf(id);
  if (!IsAdmitted(g, ingress, self, read, say)) return;
  say.Emit(AdmittedUdp{id});
  for (uint32_t nth = 0; nth < ingress.rules.size(); ++nth) {
    const k8s::StreamRule& rule = ingress.rules[nth];
    if (!WhyNoStream(rule).empty()) continue;
    say.Emit(RouteName{RouteId(StreamRouteName(id, nth, true)), self, nth},
             RankOf(ingress.meta, 0, nth));
    say.Emit(ServiceUse{.id = StreamServiceKey(ServiceNaming::kUdpPort, id.ns, rule),
                        .backends = {{.ns = id.ns,
                                      .service = rule.service,
                                      .port_name = {},
                                      .port_number = rule.service_port}},
                        .form = {.protocol = ServiceProtocol::kUdp, .bare = true},
                        .parent = self},
             RankOf(ingress.meta));
  }
}

void RenderUdpRoutes(const GatewayGraph& g, const AdmittedUdp& admitted, Reader& read,
                     Emitter<Entity, PluginUse, Problem>& say) noexcept {
  const k8s::UdpIngress& ingress = *read.Find(g.streams.udp_ingresses, admitted.id);
  const ObjectRef self = RefOf(admitted.id);
  Findings findings;
  RouteSettings settings = ParseRouteSettings(ingress.meta.annotations, findings);
  if (!settings.protocols.empty())
    Warn(findings, "annotation konghq.com/protocols is ignored: a UDPIngress is for udp");
  std::vector<std::string> tags = TagsOfObject(k8s::UdpIngress::kType, ingress.meta, settings.tags);
  for (uint32_t nth = 0; nth < ingress.rules.size(); ++nth) {
    const k8s::StreamRule& rule = ingress.rules[nth];
    if (std::string why = WhyNoStream(rule); !why.empty()) {
      Fail(findings, Cat("spec.rules[", nth, "].", why));
      continue;
    }
    ServiceKey service = StreamServiceKey(ServiceNaming::kUdpPort, admitted.id.ns, rule);
    GrantedName name =
        GrantedRouteName(g, StreamRouteName(admitted.id, nth, true), self, nth, read, say);
    StreamSpec route{.name = name.text,
                     .id = name.id,
                     .service = ServiceId(service.KongName()),
                     .port = rule.port,
                     .snis = {},
                     .protocols = {"udp"},
                     .settings = &settings,
                     .tags = &tags};
    std::string json = StreamFragment(route, g.options.expressions);
    SayRoute(g, say, {self, k8s::UdpIngress::kType.group}, std::move(name), route.service,
             std::move(json), PluginsOf(ingress.meta.annotations, admitted.id.ns));
  }
  ReportAll(say, self, findings);
}

}  // namespace kong
