// The program: from Kubernetes' objects to Kong's entities, as one graph of tables and rules.
//
// gateway_graph.cc declares it on one page, in the order in which it computes; each rule is a pure
// function in a file of rules/. The graph knows no sockets and no clock: somebody sets the sources,
// calls engine::Graph::Step, and takes `entities`, `problems` and `wanted_secrets` from it. The
// same declarations serve the controller, the command line, the fuzzers, and Graph::Check.
#pragma once

#include <string>
#include <vector>

#include "engine/graph.h"
#include "k8s/endpoint_slice.h"
#include "k8s/ingress.h"
#include "k8s/ingress_class.h"
#include "k8s/ingress_class_parameters.h"
#include "k8s/parse.h"
#include "k8s/partial_object_metadata.h"
#include "k8s/secret.h"
#include "k8s/service.h"
#include "kong/attachment_graph.h"
#include "kong/consumer_graph.h"
#include "kong/entity.h"
#include "kong/plugin_graph.h"
#include "kong/policy_graph.h"
#include "kong/problem.h"
#include "kong/refused_entity.h"
#include "kong/route_graph.h"
#include "kong/route_order_graph.h"
#include "kong/stream_graph.h"
#include "kong/tables.h"

namespace kong {

struct Options {
  std::string ingress_class = "kong";
  bool expressions = false;    // The router flavour of all gateways.
  bool drain_support = false;  // Terminating endpoints stay, with weight 0.
  std::string cluster_domain;  // Ends the names of service-upstream targets, if not empty.
  bool rewrite_uris = false;   // The feature gates of the same names.
  bool kong_service_facade = false;
  bool sticky_sessions = false;    // Gateways are from 3.11 on, which knows that algorithm.
  bool combined_services = false;  // Rules of different HTTPRoutes with equal backends share one.
  std::string gateway_controller = "konghq.com/kic-gateway-controller";
  std::string gateway_to_reconcile;  // NAMESPACE/NAME of the only one; empty: all of our classes.
  std::vector<KongListen> kong_listens;  // Empty: whatever Gateways ask for.
  // There is nobody to ask: each Gateway that a route names takes it, with the route's own hosts.
  bool gateways_unseen = false;
};

class GatewayGraph {
 private:
  engine::Graph& graph_;  // Comes first: the tables below are added to it in their order.

 public:
  // Declares everything into `graph`, which must be empty and must outlive this.
  GatewayGraph(engine::Graph& graph, Options options);
  GatewayGraph(const GatewayGraph&) = delete;
  GatewayGraph& operator=(const GatewayGraph&) = delete;

  // Which labels and annotations the rules look at.
  static k8s::ParseOptions WhatToParse();

  // What the rules read that make services and upstreams.
  std::vector<engine::IndexBase*> WhatServicesRead();

  const Options options;

  engine::Source<k8s::IngressClass>& ingress_classes;
  engine::Source<k8s::IngressClassParameters>& ingress_class_parameters;
  engine::Source<k8s::Ingress>& ingresses;
  engine::Source<k8s::Service>& services;
  engine::Source<k8s::EndpointSlice>& endpoint_slices;
  PolicyGraph policies;
  StreamGraph streams;
  // Of all Secrets.
  engine::Source<k8s::PartialObjectMetadata>& secret_metadata;
  // Of the wanted and the labelled ones.
  engine::Source<k8s::Secret>& secrets;
  // Left out for every gateway.
  engine::Source<Quarantine>& quarantine;
  // Left out of the payloads of a class; authors are told.
  engine::Source<RefusedEntity>& refused;
  engine::Source<Now>& now;

  RouteGraph routes;  // The route kinds of the Gateway API.
  RouteOrderGraph route_order;
  PluginGraph plugins;
  ConsumerGraph consumers;  // And vaults, licences, custom entities.

  // What leaves the graph.
  engine::Table<Entity>& entities;
  engine::Table<Problem>& problems;
  engine::Table<WantedSecret>& wanted_secrets;

  AttachmentGraph attachment;  // Gateways, and who may refer where.

  engine::Table<DefaultClass>& default_class;
  engine::Table<ServiceUpstreamOn>& service_upstream_on;
  engine::Table<LegacyRegexOn>& legacy_regex_on;
  engine::Table<ExcludedService>& excluded_services;
  engine::Table<SecretState>& secret_states;
  engine::Table<SecretFacts>& secret_facts;
  engine::Table<CaSecret>& ca_secrets;
  engine::Table<CaOwner>& ca_owners;
  engine::Table<Admitted>& admitted;
  engine::Table<RouteName>& route_names;
  engine::Table<DefaultBackend>& default_backend;
  engine::Table<ServiceUse>& service_uses;
  engine::Table<SniUse>& sni_uses;
  engine::Table<UsedCertificate>& used_certificates;
  engine::Table<CertificateOwner>& certificate_owners;
  engine::Table<UpstreamPort>& upstream_ports;
  engine::Table<TargetShare>& target_shares;
  engine::Table<ServiceTrouble>& service_troubles;

  engine::Index<k8s::Service, ObjectName>& services_by_secret;
  engine::Index<ServiceUse, ObjectName>& uses_of_service;
  engine::Index<ServiceUse, ObjectName>& uses_of_facade;
  engine::Index<UpstreamPort, ObjectName>& upstream_ports_of_service;
  engine::Index<TargetShare, TargetKey>& shares_of_target;
  // Those that take requests.
  engine::Index<TargetShare, BackendKey>& shares_of_backend;
  engine::Index<k8s::EndpointSlice, ObjectName>& slices_of_service;

 private:
  // Services, upstreams and targets, after everybody has said what they lead to.
  void DeclareCertificates();
  void DeclareServices();
  // The Secrets that a Service names.
  static void SecretsOf(const k8s::Service& service,
                        absl::FunctionRef<void(const ObjectName&)> visit);
};

}  // namespace kong
