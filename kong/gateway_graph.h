// The program: from Kubernetes' objects to Kong's entities, as one graph of tables and rules.
//
// gateway_graph.cc declares it on one page, in the order in which it computes; each rule is a pure
// function in a file of rules/. The graph knows no sockets and no clock: somebody sets the sources,
// calls engine::Graph::Step, and takes `entities`, `problems` and `wanted_secrets` from it. The same
// declarations serve the controller, the command line, the fuzzers, and Graph::Check.
#pragma once

#include <string>

#include "engine/graph.h"
#include "k8s/endpoint_slice.h"
#include "k8s/ingress.h"
#include "k8s/ingress_class.h"
#include "k8s/ingress_class_parameters.h"
#include "k8s/parse.h"
#include "k8s/partial_object_metadata.h"
#include "k8s/secret.h"
#include "k8s/service.h"
#include "kong/entity.h"
#include "kong/problem.h"
#include "kong/refused_entity.h"
#include "kong/tables.h"

namespace kong {

struct Options {
  std::string ingress_class = "kong";
  bool expressions = false;            // The router flavour of all gateways.
  bool drain_support = false;          // Terminating endpoints stay, with weight 0.
  std::string cluster_domain;          // Ends the names of service-upstream targets, if not empty.
  bool rewrite_uris = false;           // The feature gates of the same names.
  bool kong_service_facade = false;
};

struct GatewayGraph {
  // Declares everything into `graph`, which must be empty and must outlive this.
  GatewayGraph(engine::Graph& graph, Options options);
  GatewayGraph(const GatewayGraph&) = delete;
  GatewayGraph& operator=(const GatewayGraph&) = delete;

  // Which labels and annotations the rules look at.
  static k8s::ParseOptions WhatToParse();

  const Options options;

  engine::Source<k8s::IngressClass>& ingress_classes;
  engine::Source<k8s::IngressClassParameters>& ingress_class_parameters;
  engine::Source<k8s::Ingress>& ingresses;
  engine::Source<k8s::Service>& services;
  engine::Source<k8s::EndpointSlice>& endpoint_slices;
  engine::Source<k8s::PartialObjectMetadata>& secret_metadata;  // Of all Secrets.
  engine::Source<k8s::Secret>& secrets;                         // Of the wanted and the labelled ones.
  engine::Source<Quarantine>& quarantine;  // Left out for every gateway.
  engine::Source<RefusedEntity>& refused;         // Left out of the payloads of a class; authors are told.
  engine::Source<Now>& now;

  // What leaves the graph.
  engine::Table<Entity>& entities;
  engine::Table<Problem>& problems;
  engine::Table<WantedSecret>& wanted_secrets;

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

  engine::Index<k8s::Service, ObjectName>& services_by_secret;
  engine::Index<ServiceUse, ObjectName>& uses_of_service;
  engine::Index<UpstreamPort, ObjectName>& upstream_ports_of_service;
  engine::Index<k8s::EndpointSlice, ObjectName>& slices_of_service;
};

}  // namespace kong
