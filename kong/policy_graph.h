// The part of the program that knows what shapes upstreams and services beside annotations.
//
// Its sources and tables are members here, and its rules are declared by one call; gateway_graph.cc
// says when. The rules are in rules/policy_rules.h.
#pragma once

#include "absl/functional/function_ref.h"
#include "engine/graph.h"
#include "k8s/backend_tls_policy.h"
#include "k8s/config_map.h"
#include "k8s/kong_ingress.h"
#include "k8s/kong_service_facade.h"
#include "k8s/kong_upstream_policy.h"
#include "k8s/service.h"
#include "kong/policy_tables.h"

namespace kong {

class GatewayGraph;

// The KongUpstreamPolicy, the KongIngress and the ConfigMaps that an object's annotations name.
void VisitPolicies(const k8s::ObjectMeta& meta, absl::FunctionRef<void(const ObjectRef&)> visit);

class PolicyGraph {
 private:
  engine::Graph& graph_;  // Comes first: the tables below are added to it in their order.
  engine::Source<k8s::Service>& services_;

 public:
  PolicyGraph(engine::Graph& graph, engine::Source<k8s::Service>& services);

  engine::Source<k8s::KongUpstreamPolicy>& upstream_policies;
  engine::Source<k8s::KongIngress>& kong_ingresses;
  engine::Source<k8s::KongServiceFacade>& service_facades;
  // Those with the label of CA certificates.
  engine::Source<k8s::ConfigMap>& config_maps;
  engine::Source<k8s::BackendTlsPolicy>& backend_tls_policies;
  // As v1alpha3, which counts where v1 is not served.
  engine::Source<k8s::BackendTlsPolicy>& old_backend_tls_policies;

  engine::Table<UpstreamPolicy>& upstream_settings;
  engine::Table<UpstreamOverride>& upstream_overrides;
  engine::Table<Facade>& facades;
  engine::Table<ExcludedFacade>& excluded_facades;
  engine::Table<CaConfigMap>& ca_config_maps;
  engine::Table<BackendTls>& backend_tls;

  engine::Index<BackendTls, k8s::NamespacedName>& backend_tls_of_service;
  // By the policy, KongIngress or ConfigMap that they name.
  engine::Index<k8s::Service, ObjectRef>& services_by_policy;
  engine::Index<k8s::KongServiceFacade, ObjectRef>& facades_by_policy;

  // Declares what must be known before anybody leads to a Service.
  void DeclareRules(GatewayGraph& g);
  // Declares what must be known before certificates are elected.
  void DeclareWants(GatewayGraph& g);

 private:
  template <class R>
  static void PoliciesOf(const R& row, absl::FunctionRef<void(const ObjectRef&)> visit) {
    VisitPolicies(row.meta, visit);
  }
};

}  // namespace kong
