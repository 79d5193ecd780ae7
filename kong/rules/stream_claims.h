// What TCPIngress and UDPIngress have in common. Pure; called by their rules.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "k8s/stream_rule.h"
#include "kong/annotations.h"
#include "kong/ingress_plan.h"
#include "kong/plugin_attachments.h"
#include "kong/rules/ingress_class_of.h"
#include "kong/rules/reports.h"
#include "kong/rules/rules.h"

namespace kong {

// The names under which a rule would have its route, and its Kong service.
std::string StreamRouteName(const ObjectName& ingress, size_t nth, bool udp);
ServiceKey StreamServiceKey(ServiceNaming naming, Symbol ns, const k8s::StreamRule& rule);

// Why a rule can have no route; empty if it can.
std::string WhyNoStream(const k8s::StreamRule& rule);

// A Service in quarantine to which the rules lead, if there is one.
std::optional<ObjectName> ExcludedStreamBackend(const GatewayGraph& g, Symbol ns,
                                                std::span<const k8s::StreamRule> rules,
                                                Reader& read);

// Whether the object is ours and free of quarantine; it is told if it is not.
template <class Ingress, class Say>
bool IsAdmitted(const GatewayGraph& g, const Ingress& ingress, const ObjectRef& self, Reader& read,
                Say& say) {
  if (!HasOurClass(g, ingress.meta, read) || read.Find(g.quarantine, self)) return false;
  if (auto plugin = ExcludedPluginOf(g, read, {self, Ingress::kType.group},
                                     PluginsOf(ingress.meta.annotations, ingress.meta.ns()))) {
    ReportWarning(say, self,
                  engine::Cat("has no effect while ", plugin->object().text(),
                              ", which it uses, is in quarantine"));
    return false;
  }
  std::optional<ObjectName> service =
      ExcludedStreamBackend(g, ingress.meta.ns(), ingress.rules, read);
  if (!service) return true;
  ReportWarning(say, self,
                engine::Cat("has no effect while Service ", *service,
                            ", to which it leads, is in quarantine"));
  return false;
}

}  // namespace kong
