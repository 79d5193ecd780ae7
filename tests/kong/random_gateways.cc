// Random edits of the Gateway API's kinds, routes apart. Two namespaces, few names: everything
// meets.
#include "engine/text.h"
#include "tests/kong/random_world.h"

namespace kong {
namespace {

using engine::Cat;
using k8s::ListenerProtocol;
using k8s::NamespacesFrom;
using k8s::TlsMode;

constexpr uint32_t kNamespaces = 2;

}  // namespace

k8s::AllowedNamespaces RandomWorld::Allowed() {
  k8s::AllowedNamespaces allowed;
  allowed.from = static_cast<NamespacesFrom>(Below(4));
  if (OneIn(3)) return allowed;
  k8s::LabelSelector& selector = allowed.selector.emplace();
  if (OneIn(4)) return allowed;
  k8s::LabelRequirement& requirement = selector.requirements.emplace_back();
  requirement.key = Named("label", 2);
  requirement.is =
      OneIn(2) ? k8s::LabelRequirement::Operator::kIn : k8s::LabelRequirement::Operator::kNotIn;
  requirement.values = {Cat(Below(2))};
  return allowed;
}

std::vector<k8s::Listener> RandomWorld::Listeners() {
  std::vector<k8s::Listener> listeners;
  for (uint32_t n = Below(5); n > 0; --n) {
    k8s::Listener& listener = listeners.emplace_back();
    listener.name = Symbol(Cat("l", n));
    if (OneIn(2)) listener.hostname = Symbol(OneIn(3) ? "*.h1" : Cat("h", Below(4)));
    listener.port = static_cast<int32_t>(80 + Below(3));
    listener.protocol = static_cast<ListenerProtocol>(OneIn(2) ? Below(2) : Below(6));
    const bool tls = listener.protocol == ListenerProtocol::kHttps ||
                     listener.protocol == ListenerProtocol::kTls;
    if (tls) listener.tls = OneIn(4) ? TlsMode::kPassthrough : TlsMode::kTerminate;
    for (uint32_t certificates = tls ? Below(3) : 0; certificates > 0; --certificates) {
      k8s::CertificateRef& ref = listener.certificates.emplace_back();
      if (OneIn(2)) ref.ns = Named("n", kNamespaces);
      if (OneIn(10)) ref.kind = Symbol("ConfigMap");
      ref.name = Named("t", size_.secrets);
    }
    listener.namespaces = Allowed();
    if (OneIn(4))
      listener.kinds.push_back({std::nullopt, Symbol(OneIn(3) ? "TLSRoute" : "HTTPRoute")});
  }
  return listeners;
}

void RandomWorld::EditGateway() {
  ObjectName id{Named("n", kNamespaces), Named("gw", 3)};
  if (OneIn(5)) {
    g_.attachment.gateways.Erase(id);
    return;
  }
  k8s::Gateway gateway;
  gateway.meta = Meta(id);
  gateway.meta.generation = Below(3);
  gateway.class_name = Named("class", 2);
  gateway.listeners = Listeners();
  gateway.listener_sets = Allowed();
  g_.attachment.gateways.Set(std::move(gateway));
}

void RandomWorld::EditListenerSet() {
  ObjectName id{Named("n", kNamespaces), Named("ls", 3)};
  if (OneIn(4)) {
    g_.attachment.listener_sets.Erase(id);
    return;
  }
  k8s::ListenerSet set;
  set.meta = Meta(id);
  if (OneIn(2)) set.parent.ns = Named("n", kNamespaces);
  set.parent.name = Named("gw", 3);
  set.listeners = Listeners();
  g_.attachment.listener_sets.Set(std::move(set));
}

void RandomWorld::EditGrant() {
  ObjectName id{Named("n", kNamespaces), Named("grant", 2)};
  if (OneIn(3)) {
    g_.attachment.reference_grants.Erase(id);
    return;
  }
  k8s::ReferenceGrant grant;
  grant.meta = Meta(id);
  const Symbol group(k8s::kGatewayGroup);
  grant.from.push_back(
      {group, Symbol(OneIn(3) ? "ListenerSet" : "Gateway"), Named("n", kNamespaces)});
  grant.to.push_back({Symbol(OneIn(4) ? "core" : ""), Symbol("Secret"),
                      OneIn(2) ? Symbol() : Named("t", size_.secrets)});
  g_.attachment.reference_grants.Set(std::move(grant));
}

void RandomWorld::EditGatewayApi() {
  switch (Below(8)) {
    case 0: {
      k8s::GatewayClass gateway_class;
      gateway_class.meta = Meta({{}, Named("class", 2)});
      gateway_class.controller = OneIn(5) ? "other" : options_.gateway_controller;
      if (!OneIn(4))
        gateway_class.meta.annotations.Set(Symbol("konghq.com/gatewayclass-unmanaged"), "true");
      g_.attachment.gateway_classes.Set(std::move(gateway_class));
      return;
    }
    case 1: {
      k8s::Namespace ns;
      ns.meta = Meta({{}, Named("n", kNamespaces)});
      while (OneIn(2)) ns.meta.labels.Set(Named("label", 2), Cat(Below(2)));
      g_.attachment.namespaces.Set(std::move(ns));
      return;
    }
    case 2:
      return EditGrant();
    case 3:
      return EditListenerSet();
    default:
      return EditGateway();
  }
}

}  // namespace kong
