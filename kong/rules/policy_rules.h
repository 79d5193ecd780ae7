// The rules of policy_graph.h: one function each, pure, defined in the file of its name.
#pragma once

#include "kong/rules/rules.h"

namespace kong {

// What the upstreams of a policy, or of a KongIngress, shall be like. (upstream_policies.cc)
void ReadUpstreamPolicy(const GatewayGraph& g, const k8s::KongUpstreamPolicy& policy, Reader& read,
                        Emitter<UpstreamPolicy, Problem>& say) noexcept;
void ReadKongIngress(const GatewayGraph& g, const k8s::KongIngress& ingress, Reader& read,
                     Emitter<UpstreamOverride, Problem>& say) noexcept;

// Quarantine of a policy or a facade excludes the Services and facades that need it.
// (quarantined_policies.cc)
void ExcludeByPolicy(const GatewayGraph& g, const Quarantine& quarantine, Reader& read,
                     Emitter<ExcludedService, ExcludedFacade>& say) noexcept;

// Which facades there are for Ingresses to lead to. (facades.cc)
void ReadFacade(const GatewayGraph& g, const k8s::KongServiceFacade& facade, Reader& read,
                Emitter<Facade, Problem>& say) noexcept;

// The Secrets that a facade in use needs, by its annotations and its Service's.
// (secrets_of_services.cc)
void WantSecretsOfFacade(const GatewayGraph& g, const Facade& facade, Reader& read,
                         Emitter<UsedCertificate, WantedSecret>& say) noexcept;

// A CA certificate in a ConfigMap. (config_maps.cc)
void ReadConfigMap(const GatewayGraph& g, const k8s::ConfigMap& config_map, Reader& read,
                   Emitter<CaConfigMap, CaOwner, Problem>& say) noexcept;
void RenderCaConfigMap(const GatewayGraph& g, const CaConfigMap& ca, Reader& read,
                       Emitter<Entity, Problem>& say) noexcept;

// The ports of Services that a policy claims; its v1alpha3 form loses against its v1 form. Then
// what its author should know. (backend_tls_policies.cc)
void ClaimBackendTls(const GatewayGraph& g, const k8s::BackendTlsPolicy& policy, Reader& read,
                     Emitter<BackendTls, WantedSecret>& say) noexcept;
void ClaimOldBackendTls(const GatewayGraph& g, const k8s::BackendTlsPolicy& policy, Reader& read,
                        Emitter<BackendTls, WantedSecret>& say) noexcept;
void JudgeBackendTls(const GatewayGraph& g, const k8s::BackendTlsPolicy& policy, Reader& read,
                     Emitter<Problem, Condition>& say) noexcept;
void JudgeOldBackendTls(const GatewayGraph& g, const k8s::BackendTlsPolicy& policy, Reader& read,
                        Emitter<Problem, Condition>& say) noexcept;

}  // namespace kong
