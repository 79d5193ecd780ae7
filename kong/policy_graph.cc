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

void PolicyGraph::DeclareWants(GatewayGraph& g) {
  graph_.AddRule("secrets_of_facades", facades, {&service_facades, &g.services, &g.service_uses},
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
