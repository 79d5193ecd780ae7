#include "kong/policy_graph.h"

#include "engine/text.h"
#include "kong/annotations.h"
#include "kong/gateway_graph.h"
#include "kong/rules/policy_rules.h"
#include "kong/rules/reports.h"

namespace kong {

void VisitPolicies(const k8s::ObjectMeta& meta, absl::FunctionRef<void(const ObjectRef&)> visit) {
  static const Symbol kPolicy(k8s::KongUpstreamPolicy::kType.kind);
  static const Symbol kKongIngress(k8s::KongIngress::kType.kind);
  if (const std::string* name = meta.annotations.Find(kUpstreamPolicyAnnotation))
    visit({kPolicy, meta.ns(), Symbol(*name)});
  if (const std::string* name = meta.annotations.Find(kOverrideAnnotation))
    visit({kKongIngress, meta.ns(), Symbol(*name)});
  if (const std::string* names = meta.annotations.Find(kCaConfigMapsAnnotation)) {
    for (std::string_view name : engine::Split(*names, ',')) {
      if (name = engine::Trim(name); !name.empty()) visit(ConfigMapRef({meta.ns(), Symbol(name)}));
    }
  }
}

namespace {

auto RuleOn(GatewayGraph& g, auto function) {
  return [&g, function](auto&... arguments) noexcept { function(g, arguments...); };
}

}  // namespace

PolicyGraph::PolicyGraph(engine::Graph& graph, engine::Source<k8s::Service>& services)
    : graph_(graph),
      services_(services),
      upstream_policies(graph_.AddSource<k8s::KongUpstreamPolicy>("kong_upstream_policies")),
      kong_ingresses(graph_.AddSource<k8s::KongIngress>("kong_ingresses")),
      service_facades(graph_.AddSource<k8s::KongServiceFacade>("kong_service_facades")),
      config_maps(graph_.AddSource<k8s::ConfigMap>("config_maps")),
      backend_tls_policies(graph_.AddSource<k8s::BackendTlsPolicy>("backend_tls_policies")),
      old_backend_tls_policies(graph_.AddSource<k8s::BackendTlsPolicy>("old_backend_tls_policies")),
      upstream_settings(graph_.AddTable<UpstreamPolicy>("upstream_settings")),
      upstream_overrides(graph_.AddTable<UpstreamOverride>("upstream_overrides")),
      facades(graph_.AddTable<Facade>("facades")),
      excluded_facades(graph_.AddTable<ExcludedFacade>("excluded_facades")),
      ca_config_maps(graph_.AddTable<CaConfigMap>("ca_config_maps")),
      backend_tls(graph_.AddTable<BackendTls>("backend_tls")),
      backend_tls_of_service(graph_.AddIndex<k8s::NamespacedName>(
          "backend_tls_of_service", backend_tls,
          [](const BackendTls& tls, auto visit) { visit({tls.target.ns, tls.target.service}); })),
      services_by_policy(
          graph_.AddIndex<ObjectRef>("services_by_policy", services_, PoliciesOf<k8s::Service>)),
      facades_by_policy(graph_.AddIndex<ObjectRef>("facades_by_policy", service_facades,
                                                   PoliciesOf<k8s::KongServiceFacade>)) {}

void PolicyGraph::DeclareWants(GatewayGraph& g) {
  graph_.AddRule("secrets_of_facades", facades, {&service_facades, &g.services, &g.uses_of_facade},
                 std::tie(g.used_certificates, g.wanted_secrets), RuleOn(g, WantSecretsOfFacade));
}

void PolicyGraph::DeclareRules(GatewayGraph& g) {
  auto rule = [&g](auto function) { return RuleOn(g, function); };
  graph_.AddRule("upstream_policies_read", upstream_policies, {},
                 std::tie(upstream_settings, g.problems), rule(ReadUpstreamPolicy));
  graph_.AddRule("kong_ingresses_read", kong_ingresses, {},
                 std::tie(upstream_overrides, g.problems), rule(ReadKongIngress));
  graph_.AddRule("excluded_by_policy", g.quarantine, {&services_by_policy, &facades_by_policy},
                 std::tie(g.excluded_services, excluded_facades), rule(ExcludeByPolicy));
  graph_.AddRule("facades_read", service_facades, {&g.default_class}, std::tie(facades, g.problems),
                 rule(ReadFacade));
  graph_.AddRule("config_maps_read", config_maps, {},
                 std::tie(ca_config_maps, g.ca_owners, g.problems), rule(ReadConfigMap));
  graph_.AddRule("backend_tls_claims", backend_tls_policies, {&g.quarantine},
                 std::tie(backend_tls, g.wanted_secrets), rule(ClaimBackendTls));
  graph_.AddRule("old_backend_tls_claims", old_backend_tls_policies, {&g.quarantine},
                 std::tie(backend_tls, g.wanted_secrets), rule(ClaimOldBackendTls));
  const std::vector<engine::IndexBase*> judged_by = {&backend_tls, &g.quarantine, &ca_config_maps,
                                                     &g.secret_metadata};
  graph_.AddRule("backend_tls_judged", backend_tls_policies, judged_by,
                 std::tie(g.problems, g.attachment.conditions), rule(JudgeBackendTls));
  graph_.AddRule("old_backend_tls_judged", old_backend_tls_policies, judged_by,
                 std::tie(g.problems, g.attachment.conditions), rule(JudgeOldBackendTls));
  graph_.AddRule("ca_config_maps", ca_config_maps,
                 {&config_maps, &g.ca_owners, &g.now, &g.quarantine},
                 std::tie(g.entities, g.problems), rule(RenderCaConfigMap));
}

}  // namespace kong
