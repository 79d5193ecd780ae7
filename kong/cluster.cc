#include "kong/cluster.h"

#include <utility>

#include "engine/text.h"
#include "io/log.h"

namespace kong {

constexpr std::string_view kCaLabel = "konghq.com/ca-cert";

Cluster::Cluster(k8s::ApiClient& api, io::Clock& clock, engine::Inbox& inbox, GatewayGraph& graph,
                 ClusterOptions options, ClusterHooks hooks)
    : api_(api),
      clock_(clock),
      inbox_(inbox),
      graph_(graph),
      options_(std::move(options)),
      hooks_(std::move(hooks)),
      fetcher_(api, clock, {.seed = options_.seed}, GatewayGraph::WhatToParse(), News()) {
  if (options_.ingress_classes) Watch(graph.ingress_classes, k8s::IngressClass::kType);
  if (options_.ingress_class_parameters) {
    Watch(graph.ingress_class_parameters, k8s::IngressClassParameters::kType, true);
  }
  if (options_.ingresses) Watch(graph.ingresses, k8s::Ingress::kType);
  if (options_.services) {
    Watch(graph.services, k8s::Service::kType);
    Watch(graph.endpoint_slices, k8s::EndpointSlice::kType);
  }
  WatchGateways();
  WatchRoutes();
  if (options_.tcp_ingresses) Watch(graph.streams.tcp_ingresses, k8s::TcpIngress::kType, true);
  if (options_.udp_ingresses) Watch(graph.streams.udp_ingresses, k8s::UdpIngress::kType, true);
  WatchPolicies();
  WatchPluginsAndConsumers();
  WatchSecrets();
}

void Cluster::WatchPolicies() {
  PolicyGraph& policies = graph_.policies;
  if (options_.kong_upstream_policies)
    Watch(policies.upstream_policies, k8s::KongUpstreamPolicy::kType, true);
  if (options_.kong_ingresses) Watch(policies.kong_ingresses, k8s::KongIngress::kType, true);
  if (options_.kong_service_facades)
    Watch(policies.service_facades, k8s::KongServiceFacade::kType, true);
  if (options_.backend_tls_policies) {
    Watch(policies.backend_tls_policies, k8s::BackendTlsPolicy::kType, true);
    Watch(policies.old_backend_tls_policies, k8s::BackendTlsPolicy::kOldType, true);
  }
  Watch(policies.config_maps, k8s::ConfigMap::kType, false, engine::Cat(kCaLabel, "=true"));
}

void Cluster::WatchRoutes() {
  RouteGraph& routes = graph_.routes;
  if (options_.http_routes) Watch(routes.http_routes, k8s::HttpRoute::kType, true);
  if (options_.grpc_routes) Watch(routes.grpc_routes, k8s::GrpcRoute::kType, true);
  if (!options_.stream_routes) return;
  Watch(routes.tcp_routes, k8s::TcpRoute::kType, true);
  Watch(routes.udp_routes, k8s::UdpRoute::kType, true);
  Watch(routes.tls_routes, k8s::TlsRoute::kType, true);
}

// A cluster need not have their CRDs.
void Cluster::WatchPluginsAndConsumers() {
  PluginGraph& plugins = graph_.plugins;
  ConsumerGraph& consumers = graph_.consumers;
  if (options_.plugins) Watch(plugins.plugins, k8s::KongPlugin::kType, true);
  if (options_.cluster_plugins) Watch(plugins.cluster_plugins, k8s::KongClusterPlugin::kType, true);
  if (options_.consumers) {
    Watch(consumers.consumers, k8s::KongConsumer::kType, true);
    Watch(consumers.groups, k8s::KongConsumerGroup::kType, true);
  }
  if (options_.vaults) Watch(consumers.vaults, k8s::KongVault::kType, true);
  if (options_.licenses) Watch(consumers.licenses, k8s::KongLicense::kType, true);
  if (options_.custom_entities)
    Watch(consumers.custom_entities, k8s::KongCustomEntity::kType, true);
}

void Cluster::Start() {
  for (auto& kind : kinds_) kind->Start();
}

template <class R>
typename WatchedKind<R>::Setup Cluster::SetupOf(engine::Source<R>& source,
                                                const k8s::ResourceType& type,
                                                const std::string& ns) {
  k8s::ReflectorScope scope;
  scope.plan.type = type;
  scope.plan.seed = options_.seed + kinds_.size();
  scope.plan.times = options_.times;
  scope.ns = ns;
  return {.api = api_,
          .clock = clock_,
          .inbox = inbox_,
          .source = source,
          .scope = std::move(scope),
          .parse = GatewayGraph::WhatToParse(),
          .limit = options_.limit,
          .received = hooks_.received,
          .changed = hooks_.changed,
          .seen = {},
          .gone = {}};
}

template <class R>
void Cluster::Watch(engine::Source<R>& source, const k8s::ResourceType& type, bool optional,
                    const std::string& label_selector, bool forbidden_is_absent) {
  const bool everywhere = options_.namespaces.empty() || !type.namespaced;
  for (const std::string& ns : everywhere ? std::vector<std::string>{""} : options_.namespaces) {
    auto setup = SetupOf(source, type, ns);
    setup.scope.plan.optional = optional;
    setup.scope.plan.forbidden_is_absent = forbidden_is_absent;
    setup.scope.label_selector = label_selector;
    kinds_.push_back(std::make_unique<WatchedKind<R>>(std::move(setup)));
  }
}

void Cluster::WatchGateways() {
  AttachmentGraph& gateways = graph_.attachment;
  if (options_.reference_grants) Watch(gateways.reference_grants, k8s::ReferenceGrant::kType, true);
  if (!options_.gateways) return;
  Watch(gateways.gateway_classes, k8s::GatewayClass::kType, true);
  Watch(gateways.gateways, k8s::Gateway::kType, true);
  Watch(gateways.listener_sets, k8s::ListenerSet::kType, true, "", true);
  Watch(gateways.namespaces, k8s::Namespace::kType);
}

void Cluster::WatchSecrets() {
  const bool everywhere = options_.namespaces.empty();
  for (const std::string& ns : everywhere ? std::vector<std::string>{""} : options_.namespaces) {
    auto setup = SetupOf(graph_.secret_metadata, k8s::Secret::kType, ns);
    setup.scope.metadata_only = true;
    setup.seen = [this](const k8s::PartialObjectMetadata& secret) { SeeSecret(secret); };
    setup.gone = [this](const ObjectName& secret) { MissSecret(secret); };
    kinds_.push_back(std::make_unique<WatchedKind<k8s::PartialObjectMetadata>>(std::move(setup)));
  }
}

k8s::SecretNews Cluster::News() {
  k8s::SecretNews news;
  news.found = [this](k8s::Secret secret) {
    const ObjectName id = secret.key();
    hooks_.received(k8s::Secret::kType.kind);
    inbox_.Set(graph_.secrets, std::move(secret));
    Settle(id);
  };
  news.missing = [this](const ObjectName& id) {
    inbox_.Erase(graph_.secrets, id);
    Settle(id);
  };
  news.failed = [this](const ObjectName& id, const absl::Status& why) {
    io::Warning("a Secret cannot be read", {{"error", why}});
    failures_[id] = std::string(engine::MessageOf(why));
    hooks_.changed();
  };
  return news;
}

void Cluster::Settle(const ObjectName& secret) {
  failures_.erase(secret);
  hooks_.changed();
}

void Cluster::SeeSecret(const k8s::PartialObjectMetadata& secret) {
  const ObjectName id = secret.key();
  if (secret.meta.labels.Has(kCaLabel, "true")) {
    if (declared_.insert(id).second) fetcher_.Want(id);
  } else if (declared_.erase(id) > 0 && !wanted_.contains(id)) {
    Unwant(id);
  }
  fetcher_.Seen(id, secret.resource_version);
}

void Cluster::MissSecret(const ObjectName& secret) {
  fetcher_.Gone(secret);
  if (declared_.erase(secret) > 0 && !wanted_.contains(secret)) Unwant(secret);
}

void Cluster::Want(const ObjectName& secret) {
  wanted_.insert(secret);
  fetcher_.Want(secret);
}

void Cluster::Unwant(const ObjectName& secret) {
  wanted_.erase(secret);
  if (declared_.contains(secret)) return;
  fetcher_.Unwant(secret);
  inbox_.Erase(graph_.secrets, secret);
  Settle(secret);
}

bool Cluster::complete() const {
  for (const auto& kind : kinds_) {
    if (!kind->complete()) return false;
  }
  return true;
}

std::vector<std::string> Cluster::Troubles() const {
  std::vector<std::string> troubles;
  for (const auto& kind : kinds_) {
    if (std::string trouble = kind->Trouble(); !trouble.empty())
      troubles.push_back(std::move(trouble));
  }
  for (const auto& [id, trouble] : failures_) troubles.push_back(trouble);
  if (!answered()) {
    troubles.push_back(engine::Cat(fetcher_.unanswered(), " of ", fetcher_.wanted(),
                                   " Secrets that are referred to were not fetched yet"));
  }
  return troubles;
}

}  // namespace kong
