#include "tests/kong/random_world.h"

#include "engine/text.h"

namespace kong {
namespace {

using engine::Cat;

// Everything a fresh graph needs, in the order of the sources of GatewayGraph.
template <class R>
void Copy(const engine::Source<R>& from, engine::Source<R>& to) {
  from.ForEach([&](const R& row) { to.Set(row); });
}
void CopySources(const GatewayGraph& from, GatewayGraph& to) {
  Copy(from.ingress_classes, to.ingress_classes);
  Copy(from.ingress_class_parameters, to.ingress_class_parameters);
  Copy(from.ingresses, to.ingresses);
  Copy(from.services, to.services);
  Copy(from.endpoint_slices, to.endpoint_slices);
  Copy(from.secret_metadata, to.secret_metadata);
  Copy(from.secrets, to.secrets);
  Copy(from.refused, to.refused);
  Copy(from.attachment.gateway_classes, to.attachment.gateway_classes);
  Copy(from.attachment.gateways, to.attachment.gateways);
  Copy(from.attachment.listener_sets, to.attachment.listener_sets);
  Copy(from.attachment.reference_grants, to.attachment.reference_grants);
  Copy(from.attachment.namespaces, to.attachment.namespaces);
  Copy(from.policies.upstream_policies, to.policies.upstream_policies);
  Copy(from.policies.kong_ingresses, to.policies.kong_ingresses);
  Copy(from.policies.service_facades, to.policies.service_facades);
  Copy(from.policies.config_maps, to.policies.config_maps);
  Copy(from.policies.backend_tls_policies, to.policies.backend_tls_policies);
  Copy(from.policies.old_backend_tls_policies, to.policies.old_backend_tls_policies);
  Copy(from.streams.tcp_ingresses, to.streams.tcp_ingresses);
  Copy(from.streams.udp_ingresses, to.streams.udp_ingresses);
  Copy(from.routes.http_routes, to.routes.http_routes);
  Copy(from.routes.grpc_routes, to.routes.grpc_routes);
  Copy(from.routes.tcp_routes, to.routes.tcp_routes);
  Copy(from.routes.udp_routes, to.routes.udp_routes);
  Copy(from.routes.tls_routes, to.routes.tls_routes);
  Copy(from.quarantine, to.quarantine);
  Copy(from.now, to.now);
  Copy(from.plugins.plugins, to.plugins.plugins);
  Copy(from.plugins.cluster_plugins, to.plugins.cluster_plugins);
  Copy(from.consumers.consumers, to.consumers.consumers);
  Copy(from.consumers.groups, to.consumers.groups);
  Copy(from.consumers.vaults, to.consumers.vaults);
  Copy(from.consumers.licenses, to.consumers.licenses);
  Copy(from.consumers.custom_entities, to.consumers.custom_entities);
}

}  // namespace

RandomWorld::RandomWorld(uint64_t seed, Size size, Options options)
    : random_(seed),
      size_(size),
      options_(options),
      graph_(engine::NewSerialExecutor()),
      g_(graph_, options) {
  for (const char* name : {"a", "b", "c"}) pairs_.push_back(MakeTestPair(name));
  pairs_.push_back(MakeTestPair("ca", {.ca = true}));
}

Symbol RandomWorld::Named(std::string_view prefix, uint32_t limit) {
  return Symbol(Cat(prefix, Below(limit)));
}

k8s::ObjectMeta RandomWorld::Meta(ObjectName id) {
  k8s::ObjectMeta meta;
  meta.id = id;
  meta.created_s = Below(4);
  meta.uid = OneIn(8) ? "" : EntityId(DeriveId("test", Cat(id.Text(), Below(2)))).text();
  return meta;
}

void RandomWorld::Annotate(
    k8s::ObjectMeta& meta,
    const std::vector<std::pair<std::string_view, std::string_view>>& known) {
  while (OneIn(2)) {
    const auto& [key, value] = known[Below(static_cast<uint32_t>(known.size()))];
    meta.annotations.Set(Symbol(key), std::string(value));
  }
}

k8s::IngressBackend RandomWorld::Backend() {
  k8s::IngressBackend backend;
  backend.has_service = !OneIn(10);
  if (!backend.has_service) {
    backend.has_resource = !OneIn(4);
    backend.resource_kind = Symbol(OneIn(3) ? "Bucket" : "KongServiceFacade");
    backend.resource_group = Symbol("incubator.ingress-controller.konghq.com");
    backend.resource_name = Named("f", 4);
    return backend;
  }
  backend.service = Named("s", size_.services / kRandomNamespaces);
  if (OneIn(3))
    backend.port_name = Named("p", 3);
  else if (!OneIn(10))
    backend.port_number = static_cast<int32_t>(80 + Below(3));
  return backend;
}

void RandomWorld::EditIngress() {
  // A third of the names has a dot, so that names of routes collide.
  std::string name = OneIn(3) ? Cat("i", Below(size_.ingresses / 20), ".s", Below(3))
                              : Cat("i", Below(size_.ingresses / kRandomNamespaces));
  ObjectName id{Named("n", kRandomNamespaces), Symbol(name)};
  if (OneIn(4)) {
    g_.ingresses.Erase(id);
    return;
  }
  k8s::Ingress ingress;
  ingress.meta = Meta(id);
  if (!OneIn(5)) ingress.class_name = Symbol(OneIn(10) ? "other" : "kong");
  if (OneIn(10)) ingress.default_backend = Backend();
  for (uint32_t rules = Below(4); rules > 0; --rules) {
    k8s::IngressRule& rule = ingress.rules.emplace_back();
    if (!OneIn(4))
      rule.host = Symbol(OneIn(3) ? Cat("s", Below(3), ".h", Below(5)) : Cat("*.h", Below(5)));
    for (uint32_t paths = Below(3); paths > 0; --paths) {
      rule.paths.push_back({Cat("/", OneIn(4) ? "~/" : "", "x", Below(5)),
                            static_cast<k8s::PathType>(Below(5)), Backend()});
    }
  }
  for (uint32_t tls = Below(3); tls > 0; --tls) {
    ingress.tls.push_back({{Named("h", 8), Named("h", 8)}, Named("t", size_.secrets)});
  }
  Annotate(ingress.meta, {{"konghq.com/strip-path", "true"},
                          {"konghq.com/protocols", "grpc,https"},
                          {"konghq.com/methods", "GET,b@d"},
                          {"konghq.com/host-aliases", "alias.example,bad host"},
                          {"konghq.com/headers.x-a", "1,2"},
                          {"konghq.com/rewrite", "/$1"},
                          {"konghq.com/rewrite", "/$x"},
                          {"konghq.com/plugins", SomePlugins()},
                          {"konghq.com/tags", "t1,t2"},
                          {"kubernetes.io/ingress.class", "kong"}});
  g_.ingresses.Set(std::move(ingress));
}

void RandomWorld::EditService() {
  ObjectName id{Named("n", kRandomNamespaces), Named("s", size_.services / kRandomNamespaces)};
  if (OneIn(4)) {
    g_.services.Erase(id);
    return;
  }
  k8s::Service service;
  service.meta = Meta(id);
  if (OneIn(8)) {
    service.type = k8s::ServiceType::kExternalName;
    service.external_name = "db.example";
  }
  for (uint32_t ports = 1 + Below(3); ports > 0; --ports) {
    k8s::ServicePort& port = service.ports.emplace_back();
    port.name = Named("p", 3);
    port.number = static_cast<int32_t>(80 + Below(3));
    port.protocol = OneIn(4) ? k8s::Protocol::kUdp : k8s::Protocol::kTcp;
  }
  std::string secret = Cat("t", Below(size_.secrets));
  Annotate(service.meta, {{"konghq.com/protocol", "https"},
                          {"konghq.com/protocol", "nonsense"},
                          {"konghq.com/client-cert", secret},
                          {"konghq.com/tls-verify", "true"},
                          {"konghq.com/ca-certificates-secrets", secret},
                          {"konghq.com/retries", OneIn(2) ? "3" : "x"},
                          {"konghq.com/plugins", SomePlugins()},
                          {"konghq.com/host-header", "h.example"},
                          {"ingress.kubernetes.io/service-upstream", "true"},
                          {"konghq.com/ca-certificates-configmaps", "m1,m2"},
                          {"konghq.com/override", OneIn(2) ? "k0" : "k1"},
                          {"konghq.com/upstream-policy", OneIn(2) ? "u0" : "u1"}});
  g_.services.Set(std::move(service));
}

void RandomWorld::EditSlice() {
  ObjectName id{Named("n", kRandomNamespaces), Named("e", size_.slices / kRandomNamespaces)};
  if (OneIn(5)) {
    g_.endpoint_slices.Erase(id);
    return;
  }
  k8s::EndpointSlice slice;
  slice.meta = Meta(id);
  if (!OneIn(20)) slice.service = Named("s", size_.services / kRandomNamespaces);
  for (uint32_t ports = 1 + Below(2); ports > 0; --ports) {
    k8s::SlicePort& port = slice.ports.emplace_back();
    port.name = Named("p", 3);
    port.protocol = OneIn(4) ? k8s::Protocol::kUdp : k8s::Protocol::kTcp;
    if (!OneIn(10)) port.number = static_cast<int32_t>(8080 + Below(2));
  }
  for (uint32_t endpoints = Below(5); endpoints > 0; --endpoints) {
    std::string address = OneIn(5) ? Cat("2001:db8::", Below(3)) : Cat("10.0.0.", Below(6));
    slice.endpoints.Add({address, !OneIn(4), true, OneIn(4)});
  }
  g_.endpoint_slices.Set(std::move(slice));
}

void RandomWorld::EditSecret() {
  ObjectName id{Named("n", kRandomNamespaces), Named("t", size_.secrets)};
  k8s::Secret secret;
  secret.meta = Meta(id);
  if (OneIn(4)) secret.meta.labels.Set(Symbol("konghq.com/ca-cert"), "true");
  switch (Below(6)) {
    case 0:  // Gone, in the order in which the controller would see it.
      g_.secret_metadata.Erase(id);
      g_.secrets.Erase(id);
      return;
    case 1:  // Known, and not fetched yet.
      g_.secret_metadata.Set({secret.meta, Cat(random_())});
      g_.secrets.Erase(id);
      return;
    default:
      break;
  }
  g_.secret_metadata.Set({secret.meta, Cat(random_())});
  const TestPair& cert = pairs_[Below(3)];
  const TestPair& key = OneIn(5) ? pairs_[Below(3)] : cert;
  if (!OneIn(3)) secret.data.emplace_back("cert", k8s::SecretBytes(pairs_[Below(4)].cert));
  if (!OneIn(3)) {
    secret.data.emplace_back(
        "id", k8s::SecretBytes(OneIn(6) ? "no uuid" : DeriveId("ca", Cat(Below(4))).text()));
  }
  if (!OneIn(6)) secret.data.emplace_back("tls.crt", k8s::SecretBytes(cert.cert));
  secret.data.emplace_back("tls.key", k8s::SecretBytes(key.key));
  if (OneIn(2)) AddCredential(secret);
  g_.secrets.Set(std::move(secret));
}

void RandomWorld::EditClass() {
  ObjectName class_id{{}, Symbol(OneIn(3) ? "other" : "kong")};
  ObjectName parameters_id{Symbol("n0"), Named("params", 2)};
  if (OneIn(2)) {
    if (OneIn(3))
      g_.ingress_class_parameters.Erase(parameters_id);
    else
      g_.ingress_class_parameters.Set({Meta(parameters_id), OneIn(4), OneIn(2)});
    return;
  }
  if (OneIn(4)) {
    g_.ingress_classes.Erase(class_id);
    return;
  }
  k8s::IngressClass ingress_class;
  ingress_class.meta = Meta(class_id);
  ingress_class.is_default = OneIn(2);
  if (OneIn(2)) {
    ingress_class.parameters = {Symbol("configuration.konghq.com"),
                                Symbol("IngressClassParameters"), parameters_id.name,
                                Symbol("Namespace"), parameters_id.ns};
  }
  g_.ingress_classes.Set(std::move(ingress_class));
}

void RandomWorld::EditQuarantine() {
  constexpr std::string_view kKinds[] = {"Ingress",
                                         "Service",
                                         "Secret",
                                         "KongUpstreamPolicy",
                                         "KongIngress",
                                         "KongServiceFacade",
                                         "ConfigMap",
                                         "BackendTLSPolicy",
                                         "TCPIngress",
                                         "UDPIngress",
                                         "Gateway",
                                         "HTTPRoute",
                                         "KongPlugin",
                                         "KongConsumer",
                                         "KongConsumerGroup",
                                         "KongCustomEntity",
                                         "KongClusterPlugin",
                                         "KongVault",
                                         "KongLicense"};
  constexpr std::string_view kPrefixes[] = {"i",  "s", "t", "u", "k", "f", "m", "b", "l", "l",
                                            "gw", "r", "q", "c", "g", "x", "q", "v", "v"};
  constexpr uint32_t kNamespaced = 16;  // The others are the cluster's.
  uint32_t kind = OneIn(2) ? Below(3) : Below(19);
  const Symbol ns = kind < kNamespaced ? Named("n", kRandomNamespaces) : Symbol();
  ObjectRef object{Symbol(kKinds[kind]), ns, Named(kPrefixes[kind], 10)};
  if (OneIn(4)) return EditRefused(object);
  if (OneIn(3))
    g_.quarantine.Set({object, "refused"});
  else
    g_.quarantine.Erase(object);
}

void RandomWorld::EditRefused(const ObjectRef& object) {
  RefusedEntity refused{.object = object,
                        .offers = Below(2) ? kNeedsTraditional : kNeedsExpressions,
                        .entity_kind = EntityKind::kRoute,
                        .entity_id = RouteId(Named("r", 3).text()),
                        .fingerprint = Below(3),
                        .message = "invalid"};
  if (OneIn(3))
    g_.refused.Erase(refused.key());
  else
    g_.refused.Set(std::move(refused));
}

void RandomWorld::EditNow() { g_.now.Set({OneIn(2) ? 1'700'000'000 : 9'000'000'000}); }

void RandomWorld::Edit() {
  if (OneIn(5)) return EditGatewayApi();
  if (OneIn(4)) return EditRoute();
  if (OneIn(4)) return EditPluginsAndConsumers();
  uint32_t dice = Below(100);
  if (dice < 28)
    EditIngress();
  else if (dice < 46)
    EditService();
  else if (dice < 62)
    EditSlice();
  else if (dice < 75)
    EditPolicies();
  else if (dice < 90)
    EditSecret();
  else if (dice < 93)
    EditClass();
  else if (dice < 98)
    EditQuarantine();
  else
    EditNow();
}

absl::Status RandomWorld::CompareHashes() const {
  engine::Graph fresh_graph(engine::NewSerialExecutor());
  GatewayGraph fresh(fresh_graph, options_);
  CopySources(g_, fresh);
  fresh_graph.Step();
  for (size_t i = 0; i < graph_.tables().size(); ++i) {
    const engine::TableBase& table = *graph_.tables()[i];
    if (table.hash() == fresh_graph.tables()[i]->hash()) continue;
    return engine::Internal("table ", table.name(), " differs from that of a fresh graph");
  }
  return absl::OkStatus();
}

absl::Status RandomWorld::CheckAll() {
  std::vector<std::unique_ptr<GatewayGraph>> declared;
  return graph_.Check([&](engine::Graph& fresh) {
    declared.push_back(std::make_unique<GatewayGraph>(fresh, options_));
  });
}

}  // namespace kong
