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

}  // namespace kong
