// TCPIngress: a route a rule, for TCP and for TLS that the gateway ends.
#include "engine/text.h"
#include "kong/plugin_attachments.h"
#include "kong/rules/route_says.h"
#include "kong/rules/stream_claims.h"
#include "kong/rules/stream_rules.h"
#include "kong/rules/tls_secrets.h"
#include "kong/stream_fragment.h"

namespace kong {
namespace {

using engine::Cat;

ObjectRef RefOf(const ObjectName& id) {
  static const Symbol kKind(k8s::TcpIngress::kType.kind);
  return {kKind, id.ns, id.name};
}

// An Ingress may have the name already; a Kong service is for HTTP or for streams, not for both.
ServiceKey GrantedServiceKey(const GatewayGraph& g, ServiceKey key, Reader& read) {
  if (read.Find(g.service_uses, key)) key.naming = ServiceNaming::kTcpPort;
  return key;
}

// The annotation replaces the rule's host; an empty one takes it away.
std::vector<std::string> SnisOf(const k8s::StreamRule& rule, const RouteSettings& settings) {
  if (settings.snis && settings.all_snis_valid) return *settings.snis;
  if (rule.host) return {std::string(rule.host.text())};
  return {};
}

}  // namespace

void ClaimForTcpIngress(const GatewayGraph& g, const k8s::TcpIngress& ingress, Reader& read,
                        Emitter<AdmittedTcp, TcpUse, RouteName, SniUse, UsedCertificate,
                                WantedSecret, Problem>& say) noexcept {
  const ObjectName id = ingress.key();
  const ObjectRef self = RefOf(id);
  if (!IsAdmitted(g, ingress, self, read, say)) return;
  say.Emit(AdmittedTcp{id});
  for (uint32_t nth = 0; nth < ingress.rules.size(); ++nth) {
    const k8s::StreamRule& rule = ingress.rules[nth];
    if (!WhyNoStream(rule).empty()) continue;
    say.Emit(RouteName{RouteId(StreamRouteName(id, nth, false)), self, nth},
             RankOf(ingress.meta, 0, nth));
    say.Emit(TcpUse{ServiceUse{.id = StreamServiceKey(ServiceNaming::kPort, id.ns, rule),
                               .backends = {{.ns = id.ns,
                                             .service = rule.service,
                                             .port_name = {},
                                             .port_number = rule.service_port}},
                               .form = {.protocol = ServiceProtocol::kTcp},
                               .parent = self}},
             RankOf(ingress.meta));
  }
  ClaimTlsSecrets(ingress.tls, ingress.meta, self, 1, say);
}

void RenderTcpRoutes(const GatewayGraph& g, const AdmittedTcp& admitted, Reader& read,
                     Emitter<Entity, PluginUse, Problem>& say) noexcept {
  const k8s::TcpIngress& ingress = *read.Find(g.streams.tcp_ingresses, admitted.id);
  const ObjectRef self = RefOf(admitted.id);
  Findings findings;
  RouteSettings settings = ParseRouteSettings(ingress.meta.annotations, findings);
  std::vector<std::string> tags = TagsOfObject(k8s::TcpIngress::kType, ingress.meta, settings.tags);
  for (uint32_t nth = 0; nth < ingress.rules.size(); ++nth) {
    const k8s::StreamRule& rule = ingress.rules[nth];
    if (std::string why = WhyNoStream(rule); !why.empty()) {
      Fail(findings, Cat("spec.rules[", nth, "].", why));
      continue;
    }
    GrantedName name =
        GrantedRouteName(g, StreamRouteName(admitted.id, nth, false), self, nth, read, say);
    StreamSpec route{.name = name.text,
                     .id = name.id,
                     .service = {},
                     .port = rule.port,
                     .snis = SnisOf(rule, settings),
                     .protocols = {},
                     .settings = &settings,
                     .tags = &tags};
    ServiceKey service = StreamServiceKey(ServiceNaming::kPort, admitted.id.ns, rule);
    route.service = ServiceId(GrantedServiceKey(g, service, read).KongName());
    route.protocols = TcpProtocols(settings, route.snis, findings);
    std::string json = StreamFragment(route, g.options.expressions);
    SayRoute(g, say, {self, k8s::TcpIngress::kType.group}, std::move(name), route.service,
             std::move(json), PluginsOf(ingress.meta.annotations, admitted.id.ns));
  }
  for (const k8s::IngressTls& tls : ingress.tls)
    CheckTlsSecret(g, ingress.meta, tls, self, read, say);
  ReportAll(say, self, findings);
}

void RenderTcpService(const GatewayGraph& g, const TcpUse& use, Reader& read,
                      ServiceSay& say) noexcept {
  ServiceUse granted = use.use;
  granted.id = GrantedServiceKey(g, granted.id, read);
  RenderService(g, granted, read, say);
}

}  // namespace kong
