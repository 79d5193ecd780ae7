// Which Gateways are ours, and which namespaces they and their ListenerSets ask for by labels.
#include "kong/rules/attachment_rules.h"

namespace kong {
namespace {

template <class Say>
void WantSelector(const k8s::AllowedNamespaces& allowed, Say& say) {
  const Admission admission = AdmissionOf(allowed);
  if (admission.selector) say.Emit(UsedSelector{admission.selector, *allowed.selector});
}

bool IsToBeReconciled(const GatewayGraph& g, const ObjectName& id) {
  return g.options.gateway_to_reconcile.empty() || g.options.gateway_to_reconcile == id.Text();
}

}  // namespace

// The text of a selector of everything is empty, which says "none" elsewhere.
Admission AdmissionOf(const k8s::AllowedNamespaces& allowed) {
  if (allowed.from != k8s::NamespacesFrom::kSelector) return {allowed.from, {}};
  if (!allowed.selector || !allowed.selector->valid) return {k8s::NamespacesFrom::kNone, {}};
  if (allowed.selector->requirements.empty()) return {k8s::NamespacesFrom::kAll, {}};
  return {allowed.from, Symbol(allowed.selector->Text())};
}

bool Admits(const GatewayGraph& g, Reader& read, const Admission& admission, Symbol home,
            Symbol ns) {
  switch (admission.from) {
    case k8s::NamespacesFrom::kAll:
      return true;
    case k8s::NamespacesFrom::kSame:
      return home == ns;
    case k8s::NamespacesFrom::kSelector:
      return read.Find(g.attachment.selections, {admission.selector, ns}) != nullptr;
    case k8s::NamespacesFrom::kNone:
      break;
  }
  return false;
}

void ReadGateway(const GatewayGraph& g, const k8s::Gateway& gateway, Reader& read,
                 Emitter<OurGateway, UsedSelector>& say) noexcept {
  const OurClass* ours = read.Find(g.attachment.our_classes, gateway.class_name);
  if (!ours || !IsToBeReconciled(g, gateway.key())) return;
  if (read.Find(g.quarantine, GatewayRef(gateway.key()))) return;
  say.Emit(OurGateway{gateway.key(), ours->unmanaged, AdmissionOf(gateway.listener_sets)});
  WantSelector(gateway.listener_sets, say);
  for (const k8s::Listener& listener : gateway.listeners) WantSelector(listener.namespaces, say);
}

void WantSelectorsOfSet(const GatewayGraph& g, const k8s::ListenerSet& set, Reader& read,
                        Emitter<UsedSelector>& say) noexcept {
  if (!read.Find(g.attachment.our_gateways, set.parent.NameFrom(set.meta.ns()))) return;
  for (const k8s::Listener& listener : set.listeners) WantSelector(listener.namespaces, say);
}

void SelectNamespace(const GatewayGraph& g, const k8s::Namespace& ns, Reader& read,
                     Emitter<Selection>& say) noexcept {
  for (const UsedSelector& used : read.In(g.attachment.all_selectors, engine::Unit{})) {
    if (used.selector.Selects(ns.meta.labels)) say.Emit(Selection{{used.text, ns.meta.name()}});
  }
}

}  // namespace kong
