#include "kong/gateway_graph.h"

#include <utility>

#include "kong/annotations.h"
#include "kong/rules/rules.h"
#include "kong/service_tls.h"

namespace kong {
static void BackendServicesOf(const ServiceUse& use,
                              absl::FunctionRef<void(const ObjectName&)> visit) {
  for (const ServiceBackend& backend : use.backends) visit(backend.service_name());
}

static void BackendFacadesOf(const ServiceUse& use,
                             absl::FunctionRef<void(const ObjectName&)> visit) {
  for (const ServiceBackend& backend : use.backends) {
    if (backend.facade) visit({backend.ns, backend.facade});
  }
}

GatewayGraph::GatewayGraph(engine::Graph& graph, Options given)
    : graph_(graph),
      options(std::move(given)),
      ingress_classes(graph_.AddSource<k8s::IngressClass>("ingress_classes")),
      ingress_class_parameters(
          graph_.AddSource<k8s::IngressClassParameters>("ingress_class_parameters")),
      ingresses(graph_.AddSource<k8s::Ingress>("ingresses")),
      services(graph_.AddSource<k8s::Service>("services")),
      endpoint_slices(graph_.AddSource<k8s::EndpointSlice>("endpoint_slices")),
      policies(graph_, services),
      streams(graph_),
      secret_metadata(graph_.AddSource<k8s::PartialObjectMetadata>("secret_metadata")),
      secrets(graph_.AddSource<k8s::Secret>("secrets")),
      quarantine(graph_.AddSource<Quarantine>("quarantine")),
      refused(graph_.AddSource<RefusedEntity>("refused")),
      now(graph_.AddSource<Now>("now")),
      routes(graph_),
      route_order(graph_),
      plugins(graph_, services, policies.service_facades),
      consumers(graph_),
      entities(graph_.AddTable<Entity>("entities")),
      problems(graph_.AddTable<Problem>("problems")),
      wanted_secrets(graph_.AddTable<WantedSecret>("wanted_secrets")),
      attachment(graph_, problems),
      default_class(graph_.AddTable<DefaultClass>("default_class")),
      service_upstream_on(graph_.AddTable<ServiceUpstreamOn>("service_upstream_on")),
      legacy_regex_on(graph_.AddTable<LegacyRegexOn>("legacy_regex_on")),
      excluded_services(graph_.AddTable<ExcludedService>("excluded_services")),
      secret_states(graph_.AddTable<SecretState>("secret_states")),
      secret_facts(graph_.AddTable<SecretFacts>("secret_facts")),
      ca_secrets(graph_.AddTable<CaSecret>("ca_secrets")),
      ca_owners(graph_.AddTable<CaOwner>("ca_owners")),
      admitted(graph_.AddTable<Admitted>("admitted")),
      route_names(graph_.AddTable<RouteName>("route_names")),
      default_backend(graph_.AddTable<DefaultBackend>("default_backend")),
      service_uses(graph_.AddTable<ServiceUse>("service_uses")),
      sni_uses(graph_.AddTable<SniUse>("sni_uses")),
      used_certificates(graph_.AddTable<UsedCertificate>("used_certificates")),
      certificate_owners(graph_.AddTable<CertificateOwner>("certificate_owners")),
      upstream_ports(graph_.AddTable<UpstreamPort>("upstream_ports")),
      target_shares(graph_.AddTable<TargetShare>("target_shares")),
      service_troubles(graph_.AddTable<ServiceTrouble>("service_troubles")),
      services_by_secret(graph_.AddIndex<ObjectName>("services_by_secret", services, SecretsOf)),
      uses_of_service(
          graph_.AddIndex<ObjectName>("uses_of_service", service_uses, BackendServicesOf)),
      uses_of_facade(graph_.AddIndex<ObjectName>("uses_of_facade", service_uses, BackendFacadesOf)),
      upstream_ports_of_service(graph_.AddIndex<ObjectName>(
          "upstream_ports_of_service", upstream_ports,
          [](const UpstreamPort& port, auto visit) { visit(port.service); })),
      shares_of_target(graph_.AddIndex<TargetKey>("shares_of_target", target_shares,
                                                  [](const TargetShare& share, auto visit) {
                                                    visit({share.backend.upstream, share.target});
                                                  })),
      shares_of_backend(graph_.AddIndex<BackendKey>("shares_of_backend", target_shares,
                                                    [](const TargetShare& share, auto visit) {
                                                      if (!share.drained) visit(share.backend);
                                                    })),
      slices_of_service(graph_.AddIndex<ObjectName>(
          "slices_of_service", endpoint_slices, [](const k8s::EndpointSlice& slice, auto visit) {
            if (slice.service) visit(slice.service_key());
          })) {
  // What leaves the graph is followed by its changes.
  entities.KeepFeed();
  problems.KeepFeed();
  wanted_secrets.KeepFeed();
  refused.KeepFeed();

  auto rule = [this](auto function) {
    return [this, function](auto&&... arguments) noexcept { function(*this, arguments...); };
  };

  // What is ours, and what is out of bounds.
  graph.AddRule("refusals", refused, {}, std::tie(problems), rule(ReportRefusal));
  graph.AddRule("ingress_class", ingress_classes, {&ingress_class_parameters, &quarantine},
                std::tie(default_class, service_upstream_on, legacy_regex_on, problems),
                rule(ReadIngressClass));
  DeclareGrants(graph, *this);
  DeclarePlugins(graph, *this);
  graph.AddRule("excluded_services", quarantine, {&services_by_secret}, std::tie(excluded_services),
                rule(ExcludeServices));

  // Secrets, as far as others look at them.
  graph.AddRule("secrets_read", secrets, {},
                std::tie(secret_states, secret_facts, ca_secrets, ca_owners, problems),
                rule(ReadSecret));
  policies.DeclareRules(*this);
  graph.AddRule("ca_certificates", ca_secrets, {&secrets, &ca_owners, &now, &quarantine},
                std::tie(entities, problems), rule(RenderCaCertificate));

  DeclareListeners(graph, *this);

  // Ingresses: first what they claim, then what they are.
  graph.AddRule("ingress_claims", ingresses,
                {&default_class, &quarantine, &excluded_services, &policies.excluded_facades,
                 &policies.facades, &plugins.excluded, &plugins.usable, &attachment.grants},
                std::tie(admitted, route_names, service_uses, sni_uses, used_certificates,
                         wanted_secrets, default_backend, problems),
                rule(ClaimForIngress));
  graph.AddRule("default_backend_claims", default_backend, {&ingresses, &policies.facades},
                std::tie(route_names, service_uses, problems), rule(ClaimForDefaultBackend));
  streams.DeclareClaims(*this);

  // Routes of the Gateway API: where they are attached, and what they claim there.
  DeclareRouteParents(graph, *this);
  DeclareAttachments(graph, *this);
  DeclareRouteClaims(graph, *this);
  route_order.DeclareRules(problems);

  graph.AddRule("ingress_routes", admitted,
                {&ingresses, &route_names, &legacy_regex_on, &sni_uses, &secret_states,
                 &secret_metadata, &policies.facades},
                std::tie(entities, plugins.uses, problems), rule(RenderIngressRoutes));
  graph.AddRule("default_route", default_backend, {&ingresses, &route_names, &policies.facades},
                std::tie(entities, plugins.uses, problems), rule(RenderDefaultRoute));

  DeclareCertificates();
  DeclareServices();
  DeclareRoutes(graph, *this);

  // Consumers, and plugins, after everybody has said which ones they want.
  DeclareConsumers(graph, *this);
  DeclarePluginAttachments(graph, *this);
  DeclareCustomEntities(graph, *this);

  DeclareConditions(graph, *this);
}

// After everybody has said which ones they want.
void GatewayGraph::DeclareCertificates() {
  auto rule = [this](auto function) {
    return [this, function](auto&&... arguments) noexcept { function(*this, arguments...); };
  };
  graph_.AddRule("secrets_of_services", services, {&uses_of_service, &streams.tcp_uses_of_service},
                 std::tie(used_certificates, wanted_secrets), rule(WantSecretsOfService));
  policies.DeclareWants(*this);
  graph_.AddRule("certificate_claims", used_certificates, {&secret_facts, &quarantine},
                 std::tie(certificate_owners, problems), rule(ClaimCertificate));
  graph_.AddRule("certificates", certificate_owners, {&secrets}, std::tie(entities),
                 rule(RenderCertificate));
  graph_.AddRule("snis", sni_uses, {&secret_facts, &certificate_owners}, std::tie(entities),
                 rule(RenderSni));
}

void GatewayGraph::DeclareServices() {
  auto rule = [this](auto function) {
    return [this, function](auto&&... arguments) noexcept { function(*this, arguments...); };
  };
  streams.DeclareEntities(*this);
  graph_.AddRule(
      "services_rendered", service_uses, WhatServicesRead(),
      std::tie(entities, upstream_ports, target_shares, service_troubles, plugins.uses, problems),
      rule(RenderService));
  auto& upstreams_and_slices =
      graph_.AddPairs("upstreams_and_slices", upstream_ports_of_service, slices_of_service);
  graph_.AddRule("targets", upstreams_and_slices, {}, std::tie(entities, target_shares),
                 rule(RenderTargets));
  graph_.AddRule("weighted_targets", shares_of_target, {&shares_of_backend}, std::tie(entities),
                 rule(AddUpShares));
}

std::vector<engine::IndexBase*> GatewayGraph::WhatServicesRead() {
  return {&services,
          &service_upstream_on,
          &secret_facts,
          &secret_metadata,
          &certificate_owners,
          &attachment.grants,
          &policies.service_facades,
          &policies.upstream_settings,
          &policies.upstream_overrides,
          &policies.ca_config_maps,
          &policies.backend_tls,
          &policies.backend_tls_of_service};
}

void GatewayGraph::SecretsOf(const k8s::Service& service,
                             absl::FunctionRef<void(const ObjectName&)> visit) {
  if (!NamesSecrets(service.meta.annotations)) return;
  Findings unused;
  ServiceSettings settings = ParseServiceSettings(service.meta.annotations, unused);
  if (!settings.client_cert.empty()) visit({service.meta.ns(), Symbol(settings.client_cert)});
  for (const std::string& name : settings.ca_certificates_secrets)
    visit({service.meta.ns(), Symbol(name)});
}

k8s::ParseOptions GatewayGraph::WhatToParse() {
  return {.annotation_prefixes = AnnotationPrefixes(), .label_prefixes = {"konghq.com/"}};
}

}  // namespace kong
