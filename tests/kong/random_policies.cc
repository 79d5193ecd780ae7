// Random edits of what shapes upstreams and services, and of what leads to streams.
#include "engine/text.h"
#include "tests/kong/random_world.h"

namespace kong {

using engine::Cat;

void RandomWorld::EditUpstreamPolicy() {
  const ObjectName id{Named("n", kRandomNamespaces), Named("u", 3)};
  if (OneIn(3)) {
    g_.policies.upstream_policies.Erase(id);
    return;
  }
  k8s::KongUpstreamPolicy policy;
  policy.meta = Meta(id);
  constexpr std::string_view kAlgorithms[] = {"round-robin", "consistent-hashing", "nonsense",
                                              "sticky-sessions"};
  if (OneIn(2)) policy.algorithm = std::string(kAlgorithms[Below(4)]);
  if (OneIn(2)) policy.slots = Below(40);
  if (OneIn(2)) policy.hash_on.emplace().header = OneIn(3) ? "not a header" : "x-a";
  if (OneIn(3)) policy.hash_on_fallback.emplace().input = OneIn(2) ? "ip" : "consumer";
  if (OneIn(3)) {
    k8s::HealthCheck& check = policy.health.emplace().active.emplace();
    check.http_path = OneIn(2) ? "/up" : "down";
    check.healthy.emplace().interval = Below(3);
  }
  g_.policies.upstream_policies.Set(std::move(policy));
}

void RandomWorld::EditKongIngress() {
  const ObjectName id{Named("n", kRandomNamespaces), Named("k", 2)};
  if (OneIn(3)) {
    g_.policies.kong_ingresses.Erase(id);
    return;
  }
  k8s::KongIngress ingress;
  ingress.meta = Meta(id);
  ingress.host_header = Cat("h", Below(2), ".example");
  ingress.hash_on = OneIn(2) ? "ip" : "none";
  ingress.hash_fallback = OneIn(2) ? "consumer" : "none";
  g_.policies.kong_ingresses.Set(std::move(ingress));
}

void RandomWorld::EditFacade() {
  const ObjectName id{Named("n", kRandomNamespaces), Named("f", 4)};
  if (OneIn(3)) {
    g_.policies.service_facades.Erase(id);
    return;
  }
  k8s::KongServiceFacade facade;
  facade.meta = Meta(id);
  if (!OneIn(8)) facade.service = Named("s", size_.services / kRandomNamespaces);
  facade.port = static_cast<int32_t>(80 + Below(3));
  Annotate(facade.meta, {{"kubernetes.io/ingress.class", "kong"},
                         {"kubernetes.io/ingress.class", "other"},
                         {"konghq.com/path", "/p"},
                         {"konghq.com/client-cert", "t1"},
                         {"konghq.com/upstream-policy", "u1"},
                         {"konghq.com/plugins", SomePlugins()},
                         {"konghq.com/tags", "t1,t2"}});
  g_.policies.service_facades.Set(std::move(facade));
}

void RandomWorld::EditConfigMap() {
  const ObjectName id{Named("n", kRandomNamespaces), Named("m", 4)};
  if (OneIn(3)) {
    g_.policies.config_maps.Erase(id);
    return;
  }
  k8s::ConfigMap config_map;
  config_map.meta = Meta(id);
  if (!OneIn(4)) config_map.meta.labels.Set(Symbol("konghq.com/ca-cert"), "true");
  config_map.data.emplace_back("ca.crt", pairs_[Below(4)].cert);
  if (!OneIn(4)) {
    config_map.data.emplace_back("id", OneIn(6) ? "no uuid" : DeriveId("ca", Cat(Below(4))).text());
  }
  g_.policies.config_maps.Set(std::move(config_map));
}

void RandomWorld::EditBackendTls() {
  const ObjectName id{Named("n", kRandomNamespaces), Named("b", 4)};
  auto& source = OneIn(3) ? g_.policies.old_backend_tls_policies : g_.policies.backend_tls_policies;
  if (OneIn(3)) {
    source.Erase(id);
    return;
  }
  k8s::BackendTlsPolicy policy;
  policy.meta = Meta(id);
  for (uint32_t targets = 1 + Below(2); targets > 0; --targets) {
    policy.targets.push_back({{},
                              Symbol(OneIn(8) ? "Bucket" : "Service"),
                              Named("s", size_.services / kRandomNamespaces),
                              OneIn(3) ? Named("p", 3) : Symbol()});
  }
  policy.hostname = OneIn(8) ? "bad host" : Cat("b", Below(2), ".example");
  if (OneIn(2)) policy.ca_certificates.push_back({{}, Symbol("ConfigMap"), Named("m", 4), {}});
  if (OneIn(3))
    policy.ca_certificates.push_back({{}, Symbol("Secret"), Named("t", size_.secrets), {}});
  if (OneIn(4)) policy.options.emplace_back("tls-verify-depth", OneIn(3) ? "x" : "3");
  source.Set(std::move(policy));
}

std::vector<k8s::StreamRule> RandomWorld::StreamRules() {
  std::vector<k8s::StreamRule> rules;
  for (uint32_t count = Below(3); count > 0; --count) {
    rules.push_back({OneIn(3) ? Named("h", 8) : Symbol(), static_cast<int32_t>(Below(4)),
                     Named("s", size_.services / kRandomNamespaces),
                     static_cast<int32_t>(80 + Below(3))});
  }
  return rules;
}

void RandomWorld::EditStream() {
  // Half of the names are those of Ingresses, so that names of routes collide.
  const ObjectName id{Named("n", kRandomNamespaces), Named(OneIn(2) ? "i" : "l", 5)};
  k8s::ObjectMeta meta = Meta(id);
  Annotate(meta, {{"kubernetes.io/ingress.class", "kong"},
                  {"konghq.com/protocols", "tls"},
                  {"konghq.com/snis", "a.example"},
                  {"konghq.com/tags", "t1"}});
  if (OneIn(2)) {
    if (OneIn(3))
      g_.streams.udp_ingresses.Erase(id);
    else
      g_.streams.udp_ingresses.Set({meta, StreamRules()});
    return;
  }
  if (OneIn(3)) {
    g_.streams.tcp_ingresses.Erase(id);
    return;
  }
  k8s::TcpIngress ingress{meta, StreamRules(), {}};
  if (OneIn(3)) ingress.tls.push_back({{Named("h", 8)}, Named("t", size_.secrets)});
  g_.streams.tcp_ingresses.Set(std::move(ingress));
}

void RandomWorld::EditPolicies() {
  switch (Below(8)) {
    case 0:
    case 1:
      return EditUpstreamPolicy();
    case 2:
      return EditKongIngress();
    case 3:
      return EditFacade();
    case 4:
      return EditConfigMap();
    case 5:
      return EditBackendTls();
    default:
      return EditStream();
  }
}

}  // namespace kong
