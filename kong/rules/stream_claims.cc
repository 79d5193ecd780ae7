#include "kong/rules/stream_claims.h"

#include "engine/text.h"

namespace kong {

using engine::Cat;

std::string StreamRouteName(const ObjectName& ingress, size_t nth, bool udp) {
  return Cat(ingress.ns, '.', ingress.name, '.', nth, udp ? ".udp" : "");
}

ServiceKey StreamServiceKey(ServiceNaming naming, Symbol ns, const k8s::StreamRule& rule) {
  return {naming, 0, ns, rule.service, Symbol(Cat(rule.service_port))};
}

std::string WhyNoStream(const k8s::StreamRule& rule) {
  if (rule.port == 0) return "port must be set";
  if (rule.service.empty()) return "backend.serviceName must be set";
  if (rule.service_port == 0) return "backend.servicePort must be set";
  if (rule.host && !IsHostPattern(rule.host.text()))
    return Cat("host: \"", rule.host, "\" is not a host name");
  return "";
}

std::optional<ObjectName> ExcludedStreamBackend(const GatewayGraph& g, Symbol ns,
                                                std::span<const k8s::StreamRule> rules,
                                                Reader& read) {
  for (const k8s::StreamRule& rule : rules) {
    if (read.Find(g.excluded_services, {ns, rule.service})) return ObjectName{ns, rule.service};
  }
  return std::nullopt;
}

std::string GrantedRouteName(const GatewayGraph& g, std::string name, const ObjectRef& self,
                             uint32_t nth, Reader& read, Emitter<Entity, PluginUse, Problem>& say) {
  const RouteName& winner = *read.Find(g.route_names, RouteId(name));
  if (winner.owner == self && winner.nth == nth) return name;
  std::string other = NameAfterCollision(name, self);
  ReportWarning(say, self,
                Cat("route name ", name, " belongs to the older ", winner.owner.text(),
                    "; this route is called ", other));
  ReportWarning(say, winner.owner,
                Cat("route name ", name, " is also that of the younger ", self.text(),
                    ", whose route is called ", other));
  return other;
}

}  // namespace kong
