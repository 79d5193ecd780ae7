// What the whole graph makes of a few objects, where the point is the text of an entity: names,
// defaults, tags, the expressions and priorities of routes. What a change costs is in scenarios.

#include "kong/gateway_graph.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/yaml.h"
#include "kong/translate.h"
#include "nlohmann/json.hpp"
#include "tests/kong/test_certificates.h"

namespace kong {
namespace {

using engine::Cat;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kService =
    R"({apiVersion: v1, kind: Service, metadata: {namespace: shop, name: s, uid: "1"}, spec: {ports: [{name: web, port: 80}]}})";
constexpr std::string_view kGateway =
    R"({apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: {name: kong, annotations: {konghq.com/gatewayclass-unmanaged: "true"}}, spec: {controllerName: konghq.com/kic-gateway-controller}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {namespace: shop, name: gw}, spec: {gatewayClassName: kong, listeners: [{name: http, port: 80, protocol: HTTP}, {name: tcp, port: 9000, protocol: TCP}, {name: udp, port: 53, protocol: UDP}, {name: tls, port: 8443, protocol: TLS, tls: {mode: Passthrough}}]}})";

// An Ingress `web` of the namespace shop with these members of its metadata and its spec.
std::string Ingress(std::string_view spec, std::string_view metadata = "") {
  return Cat(
      "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {namespace: shop, name: web",
      metadata, "}, spec: {ingressClassName: kong, ", spec, "}}");
}
// Its rules: one path that leads to the Service s.
std::string Rules(std::string_view host, std::string_view path_and_type = "path: /x") {
  return Cat("rules: [{", host.empty() ? "" : Cat("host: \"", host, "\", "), "http: {paths: [{",
             path_and_type, ", backend: {service: {name: s, port: {number: 80}}}}]}}]");
}
std::string Route(std::string_view kind, std::string_view name, std::string_view rest) {
  return Cat("{apiVersion: gateway.networking.k8s.io/v1, kind: ", kind,
             ", metadata: {namespace: shop, name: ", name, "}, spec: {parentRefs: [{name: gw}], ",
             rest, "}}");
}

class GatewayGraphTest : public ::testing::Test {
 protected:
  // The document of these objects, each a YAML document.
  json Translated(const std::vector<std::string>& texts) {
    std::vector<ManifestObject> objects;
    for (const std::string& text : texts) {
      auto documents = io::YamlToJson(text, "test");
      EXPECT_TRUE(documents.ok()) << documents.status();
      if (!documents.ok()) continue;
      for (const io::YamlDocument& document : *documents) {
        auto more = ObjectsOf(document.json);
        EXPECT_TRUE(more.ok()) << more.status();
        if (more.ok()) objects.insert(objects.end(), more->begin(), more->end());
      }
    }
    request_.offers = OffersOf(3, 9, false, request_.options.expressions);
    translation_ = Translate(objects, request_);
    return json::parse(translation_.document);
  }
  // The routes of all services, by name.
  json Routes(const json& document) {
    json routes = json::object();
    for (const json& service : document.value("services", json::array())) {
      for (const json& route : service.value("routes", json::array()))
        routes[route["name"].get<std::string>()] = route;
    }
    return routes;
  }
  std::vector<std::string> Names(const json& entities) {
    std::vector<std::string> names;
    for (const json& entity : entities) names.push_back(entity["name"]);
    return names;
  }
  std::string Problems() const {
    std::string all;
    for (const Problem& problem : translation_.problems)
      all += Cat(problem.object.text(), ": ", problem.text, "\n");
    return all;
  }

  TranslateRequest request_;
  Translation translation_;
};

TEST_F(GatewayGraphTest, EverySourceHasItsOwnTemplateOfNames) {
  struct Case {
    const char* name;
    std::vector<std::string> objects;
    const char *service, *upstream, *route;
    bool expressions = false;
  };
  const std::string to_s = "rules: [{backendRefs: [{name: s, port: 80}]}]";
  const std::string facade =
      "{apiVersion: incubator.ingress-controller.konghq.com/v1alpha1, kind: KongServiceFacade, "
      "metadata: {namespace: shop, name: f, annotations: {kubernetes.io/ingress.class: kong}}, "
      "spec: {backendRef: {name: s, port: 80}}}";
  const std::string to_facade =
      "backend: {resource: {apiGroup: incubator.ingress-controller.konghq.com, kind: "
      "KongServiceFacade, name: f}}";
  const auto stream = [](std::string_view kind) {
    return Cat(
        "{apiVersion: configuration.konghq.com/v1beta1, kind: ", kind,
        ", metadata: {namespace: shop, name: web, annotations: {kubernetes.io/ingress.class:"
        " kong}}, spec: {rules: [{port: 9000, backend: {serviceName: s, servicePort: 80}}]}}");
  };
  const std::vector<Case> cases = {
      {"Ingress",
       {Ingress(Rules("a.example"))},
       "shop.s.80",
       "s.shop.80.svc",
       "shop.web.s.a.example.80"},
      {"a wildcard",
       {Ingress(Rules("*.a.example"))},
       "shop.s.80",
       "s.shop.80.svc",
       "shop.web.s._.a.example.80"},
      {"no host", {Ingress(Rules(""))}, "shop.s.80", "s.shop.80.svc", "shop.web.s..80"},
      {"a port by name",
       {Ingress("rules: [{http: {paths: [{backend: {service: {name: s, port: {name: web}}}}]}}]")},
       "shop.s.web",
       "s.shop.web.svc",
       "shop.web.s..web"},
      {"default backend",
       {Ingress("defaultBackend: {service: {name: s, port: {number: 80}}}")},
       "shop.s.80",
       "s.shop.80.svc",
       "shop.web"},
      {"facade",
       {facade,
        Ingress(Cat("rules: [{host: a.example, http: {paths: [{path: /, ", to_facade, "}]}}]"))},
       "shop.f.svc.facade",
       "shop.f.svc.facade",
       "shop.web.a.example.f.svc.facade"},
      {"TCPIngress", {stream("TCPIngress")}, "shop.s.80", "s.shop.80.svc", "shop.web.0"},
      {"UDPIngress", {stream("UDPIngress")}, "shop.s.80.udp", "s.shop.80.svc", "shop.web.0.udp"},
      {"HTTPRoute",
       {Route("HTTPRoute", "r", to_s)},
       "httproute.shop.r.0",
       "httproute.shop.r.0",
       "httproute.shop.r.0.0"},
      {"HTTPRoute as expression",
       {Route("HTTPRoute", "r", Cat("hostnames: [\"*.a.example\"], ", to_s))},
       "httproute.shop.r.0",
       "httproute.shop.r.0",
       "httproute.shop.r._.a.example.0.0",
       true},
      {"HTTPRoute for every host as expression",
       {Route("HTTPRoute", "r", to_s)},
       "httproute.shop.r.0",
       "httproute.shop.r.0",
       "httproute.shop.r._.0.0",
       true},
      {"GRPCRoute",
       {Route("GRPCRoute", "r", to_s)},
       "grpcroute.shop.r.0",
       "grpcroute.shop.r.0",
       "grpcroute.shop.r.0.0"},
      {"GRPCRoute as expression",
       {Route("GRPCRoute", "r", Cat("hostnames: [a.example], ", to_s))},
       "grpcroute.shop.r.a.example.0",
       "grpcroute.shop.r.a.example.0",
       "grpcroute.shop.r.a.example.0.0",
       true},
      {"TCPRoute",
       {Route("TCPRoute", "r", to_s)},
       "tcproute.shop.r.0",
       "tcproute.shop.r.0",
       "tcproute.shop.r.0.0"},
      {"UDPRoute",
       {Route("UDPRoute", "r", to_s)},
       "udproute.shop.r.0",
       "udproute.shop.r.0",
       "udproute.shop.r.0.0"},
      {"TLSRoute",
       {Route("TLSRoute", "r", Cat("hostnames: [a.example], ", to_s))},
       "tlsroute.shop.r.0",
       "tlsroute.shop.r.0",
       "tlsroute.shop.r.0.0"},
  };
  request_.options.kong_service_facade = true;
  for (const Case& c : cases) {
    request_.options.expressions = c.expressions;
    std::vector<std::string> objects = {std::string(kService), std::string(kGateway)};
    objects.insert(objects.end(), c.objects.begin(), c.objects.end());
    const json document = Translated(objects);
    ASSERT_EQ(document["services"].size(), 1u) << c.name << ": " << Problems();
    EXPECT_EQ(document["services"][0]["name"], c.service) << c.name;
    EXPECT_EQ(document["services"][0]["host"], c.upstream) << c.name;
    EXPECT_THAT(Names(document["upstreams"]), ElementsAre(c.upstream)) << c.name;
    EXPECT_THAT(Names(Routes(document)), ElementsAre(c.route)) << c.name;
  }
}

TEST_F(GatewayGraphTest, EntitiesSayTheDefaultsOfTheController) {
  const json document = Translated({std::string(kService), Ingress(Rules("a.example"))});
  const json& service = document["services"][0];
  for (const char* timeout : {"connect_timeout", "read_timeout", "write_timeout"})
    EXPECT_EQ(service[timeout], 60000) << timeout;
  EXPECT_EQ(service["protocol"], "http");
  EXPECT_EQ(service["port"], 80);
  EXPECT_EQ(service["path"], "/");
  EXPECT_EQ(service["retries"], 5);
  const json& route = service["routes"][0];
  EXPECT_EQ(route["strip_path"], false);
  EXPECT_EQ(route["preserve_host"], true);
  EXPECT_EQ(route["regex_priority"], 0);
  EXPECT_EQ(route["request_buffering"], true);
  EXPECT_EQ(route["response_buffering"], true);
  EXPECT_EQ(route["https_redirect_status_code"], 426);
  EXPECT_EQ(route["path_handling"], "v0");
  EXPECT_EQ(document["upstreams"][0]["algorithm"], "round-robin");
}

TEST_F(GatewayGraphTest, AServiceOfDatagramsHasNoTimeouts) {
  const json service = Translated(
      {std::string(kService),
       "{apiVersion: configuration.konghq.com/v1beta1, kind: UDPIngress, metadata: {namespace: "
       "shop, name: web, annotations: {kubernetes.io/ingress.class: kong}}, spec: {rules: "
       "[{port: 53, backend: {serviceName: s, servicePort: 80}}]}}"})["services"][0];
  EXPECT_EQ(service["protocol"], "udp");
  for (const char* field : {"connect_timeout", "read_timeout", "write_timeout", "retries", "path"})
    EXPECT_FALSE(service.contains(field)) << field;
}

TEST_F(GatewayGraphTest, AnHttpRouteSaysLessThanAnIngress) {
  const json document = Translated({std::string(kService), std::string(kGateway),
                                    Route("HTTPRoute", "r",
                                          "rules: [{matches: [{path: {value: /x}}], "
                                          "backendRefs: [{name: s, port: 80}]}]")});
  EXPECT_FALSE(document["services"][0].contains("path"));
  const json& route = document["services"][0]["routes"][0];
  EXPECT_EQ(route["preserve_host"], true);
  EXPECT_EQ(route["strip_path"], false);
  EXPECT_FALSE(route.contains("regex_priority"));
  EXPECT_THAT(route["protocols"], ElementsAre("http"));
}

TEST_F(GatewayGraphTest, TagsSayWhoseAnEntityIs) {
  const json document = Translated(
      {std::string(kService), std::string(kGateway),
       "{apiVersion: v1, kind: Service, metadata: {namespace: shop, name: t, uid: \"2\"}, spec: "
       "{ports: [{port: 80}]}}",
       Ingress(Rules("a.example"), ", uid: \"3\""),
       Route("HTTPRoute", "r",
             "rules: [{name: one, backendRefs: [{name: s, port: 80}, {name: t, port: 80}]}]")});
  std::map<std::string, json> tags;
  for (const json& service : document["services"]) {
    tags[service["name"]] = service["tags"];
    tags[service["routes"][0]["name"]] = service["routes"][0]["tags"];
  }
  EXPECT_THAT(tags["shop.s.80"], ElementsAre("k8s-name:s", "k8s-namespace:shop", "k8s-kind:Service",
                                             "k8s-uid:1", "k8s-version:v1"));
  EXPECT_THAT(tags["shop.web.s.a.example.80"],
              ElementsAre("k8s-name:web", "k8s-namespace:shop", "k8s-kind:Ingress", "k8s-uid:3",
                          "k8s-group:networking.k8s.io", "k8s-version:v1"));
  // Of several backends: the route's own.
  EXPECT_THAT(tags["httproute.shop.r.0"],
              ElementsAre("k8s-name:r", "k8s-namespace:shop", "k8s-kind:HTTPRoute",
                          "k8s-group:gateway.networking.k8s.io", "k8s-version:v1"));
  EXPECT_THAT(tags["httproute.shop.r.0.0"], testing::Contains("k8s-named-route-rule:one"));
}

TEST_F(GatewayGraphTest, PathsOfAnIngressAreCompletedBeforeTheyAreRead) {
  struct Case {
    const char* path;
    std::vector<std::string> paths;
  };
  for (const Case& c : std::vector<Case>{
           {"pathType: ImplementationSpecific", {"/"}},
           {"path: \"\", pathType: Prefix", {"/"}},
           {"path: /x", {"/x"}},
           {"path: //x///y, pathType: Exact", {"~/x/y$"}},
           {"path: /x, pathType: Prefix", {"/x/", "~/x$"}},
           {"path: /x/, pathType: Prefix", {"/x/", "~/x$"}},
           {"path: /, pathType: Prefix", {"/"}},
           {"path: \"/~/x[0-9]\", pathType: ImplementationSpecific", {"~/x[0-9]"}},
       }) {
    json document = Translated({std::string(kService), Ingress(Rules("a.example", c.path))});
    std::vector<std::string> paths = document["services"][0]["routes"][0]["paths"];
    std::sort(paths.begin(), paths.end());
    EXPECT_EQ(paths, c.paths) << c.path;
  }
  json nothing = Translated({std::string(kService), Ingress("rules: [{host: a.example}]")});
  EXPECT_THAT(Routes(nothing), IsEmpty());
}

TEST_F(GatewayGraphTest, OneHostAndPortOfAnIngressIsOneRoute) {
  const std::string to_s = "backend: {service: {name: s, port: {number: 80}}}";
  const json routes = Routes(Translated(
      {std::string(kService),
       Ingress(Cat("rules: [{host: a.example, http: {paths: [{path: /x, ", to_s, "}, {path: /y, ",
                   to_s, "}]}}, {host: b.example, http: {paths: [{path: /z, ", to_s,
                   "}]}}, {host: a.example, http: {paths: [{path: /w, ", to_s, "}]}}]"))}));
  EXPECT_THAT(Names(routes), ElementsAre("shop.web.s.a.example.80", "shop.web.s.b.example.80"));
  EXPECT_THAT(routes["shop.web.s.a.example.80"]["paths"],
              testing::UnorderedElementsAre("/x", "/y", "/w"));
}

TEST_F(GatewayGraphTest, StreamsAndDefaultBackendsHaveTheirConstantPriorities) {
  request_.options.expressions = true;
  json routes =
      Routes(Translated({std::string(kService), std::string(kGateway),
                         Ingress("defaultBackend: {service: {name: s, port: {number: 80}}}"),
                         Route("TCPRoute", "r", "rules: [{backendRefs: [{name: s, port: 80}]}]")}));
  EXPECT_EQ(routes["tcproute.shop.r.0.0"]["priority"], 1);
  EXPECT_EQ(routes["tcproute.shop.r.0.0"]["expression"], "net.dst.port == 9000");
  EXPECT_EQ(routes["shop.web"]["priority"], 0);
  EXPECT_THAT(routes["shop.web"]["expression"].get<std::string>(), HasSubstr("http.path ^= \"/\""));
}

TEST_F(GatewayGraphTest, AHostInPunycodeStaysACriterionOfItsExpression) {
  request_.options.expressions = true;
  json routes = Routes(Translated({std::string(kService), Ingress(Rules("shop.xn--p1ai"))}));
  EXPECT_THAT(routes["shop.web.s.shop.xn--p1ai.80"]["expression"].get<std::string>(),
              HasSubstr("http.host == \"shop.xn--p1ai\""));
}

TEST_F(GatewayGraphTest, TheSameAddressOfTwoBackendsIsOneTargetWithBothWeights) {
  const std::string slice =
      "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {namespace: shop, name: "
      "$-1, labels: {kubernetes.io/service-name: $}}, addressType: IPv4, endpoints: [{addresses: "
      "[10.0.0.1]}], ports: [{name: web, port: 8080, protocol: TCP}]}";
  const auto of = [&](std::string_view name) {
    std::string text = slice;
    for (size_t at; (at = text.find('$')) != std::string::npos;) text.replace(at, 1, name);
    return text;
  };
  const json document = Translated(
      {std::string(kService), std::string(kGateway), of("s"), of("t"),
       "{apiVersion: v1, kind: Service, metadata: {namespace: shop, name: t}, spec: {ports: "
       "[{name: web, port: 80}]}}",
       Route("HTTPRoute", "r",
             "rules: [{backendRefs: [{name: s, port: 80, weight: 30}, {name: t, port: 80, weight: "
             "12}]}]")});
  ASSERT_EQ(document["upstreams"][0]["targets"].size(), 1u);
  EXPECT_EQ(document["upstreams"][0]["targets"][0]["weight"], 42);
}

TEST_F(GatewayGraphTest, ABackendWithoutAPortIsLeftOutAndToldOf) {
  Translated({std::string(kService), std::string(kGateway),
              Route("HTTPRoute", "r", "rules: [{backendRefs: [{name: s}]}]")});
  EXPECT_THAT(Problems(), HasSubstr("HTTPRoute shop/r: "));
}

TEST_F(GatewayGraphTest, OnlyTheGatewayThatIsAskedForIsReconciled) {
  const std::vector<std::string> objects = {
      std::string(kService), std::string(kGateway),
      Route("HTTPRoute", "r", "rules: [{backendRefs: [{name: s, port: 80}]}]")};
  request_.options.gateway_to_reconcile = "shop/other";
  EXPECT_THAT(Routes(Translated(objects)), IsEmpty());
  request_.options.gateway_to_reconcile = "shop/gw";
  EXPECT_EQ(Routes(Translated(objects)).size(), 1u);
}

TEST_F(GatewayGraphTest, LicencesAndGroupsAreForTheEnterpriseEdition) {
  const json document = Translated(
      {"{apiVersion: configuration.konghq.com/v1alpha1, kind: KongLicense, metadata: {name: l}, "
       "rawLicenseString: text, enabled: true}",
       "{apiVersion: configuration.konghq.com/v1beta1, kind: KongConsumerGroup, metadata: "
       "{namespace: shop, name: gold, annotations: {kubernetes.io/ingress.class: kong}}}"});
  EXPECT_FALSE(document.contains("licenses"));
  EXPECT_FALSE(document.contains("consumer_groups"));
}

TEST_F(GatewayGraphTest, APortThatKongDoesNotServeIsUnavailable) {
  request_.options.kong_listens = {{k8s::ListenerProtocol::kHttp, 80},
                                   {k8s::ListenerProtocol::kTcp, 9001}};
  Translated({std::string(kGateway)});
  std::string conditions;
  for (const std::string& object : translation_.conditions) conditions += object;
  EXPECT_THAT(conditions, HasSubstr("PortUnavailable"));
  EXPECT_THAT(conditions, HasSubstr("UnsupportedProtocol"));
}

TEST_F(GatewayGraphTest, ObjectsOfAnotherControlPlaneAreNotOurs) {
  for (const char* type : {"kic", "konnectID"}) {
    const std::string plane = Cat("controlPlaneRef: {type: ", type, "}");
    const std::string ours = "annotations: {kubernetes.io/ingress.class: kong}";
    const json document = Translated(
        {Cat("{apiVersion: configuration.konghq.com/v1, kind: KongConsumer, metadata: {namespace: "
             "shop, name: ann, ",
             ours, "}, username: ann, spec: {", plane, "}}"),
         Cat("{apiVersion: configuration.konghq.com/v1alpha1, kind: KongVault, metadata: {name: "
             "v, ",
             ours, "}, spec: {backend: env, prefix: my-env, ", plane, "}}")});
    const bool kic = std::string_view(type) == "kic";
    EXPECT_EQ(document.contains("consumers"), kic) << Problems();
    EXPECT_EQ(document.contains("vaults"), kic) << Problems();
  }
}

TEST_F(GatewayGraphTest, AServiceAsItsOwnTargetHasTheDomainOfTheCluster) {
  request_.options.cluster_domain = "cluster.local";
  const json document = Translated(
      {"{apiVersion: v1, kind: Service, metadata: {namespace: shop, name: s, annotations: "
       "{ingress.kubernetes.io/service-upstream: \"true\"}}, spec: {ports: [{port: 80}]}}",
       Ingress(Rules("a.example"))});
  EXPECT_EQ(document["upstreams"][0]["targets"][0]["target"], "s.shop.svc.cluster.local:80");
}

TEST_F(GatewayGraphTest, ListenersDecideWhatARouteSpeaks) {
  struct Case {
    const char *kind, *listeners, *service;
    std::vector<std::string> route;
  };
  constexpr const char* kBoth =
      "{name: a, port: 80, protocol: HTTP}, {name: b, port: 443, protocol: HTTPS, tls: "
      "{certificateRefs: [{name: tls}]}}";
  constexpr const char* kSecure =
      "{name: b, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: tls}]}}";
  const TestPair pair = MakeTestPair("a.example");
  const json secret = {{"apiVersion", "v1"},
                       {"kind", "Secret"},
                       {"metadata", {{"namespace", "shop"}, {"name", "tls"}}},
                       {"stringData", {{"tls.crt", pair.cert}, {"tls.key", pair.key}}}};
  for (const Case& c :
       std::vector<Case>{{"HTTPRoute", "{name: a, port: 80, protocol: HTTP}", "http", {"http"}},
                         {"HTTPRoute", kBoth, "http", {"http", "https"}},
                         {"HTTPRoute", kSecure, "http", {"https"}},
                         {"GRPCRoute", kBoth, "grpc", {"grpc", "grpcs"}},
                         {"GRPCRoute", kSecure, "grpcs", {"grpc", "grpcs"}},
                         {"TCPRoute", "{name: a, port: 9000, protocol: TCP}", "tcp", {"tcp"}},
                         {"UDPRoute", "{name: a, port: 53, protocol: UDP}", "udp", {"udp"}},
                         {"TLSRoute",
                          "{name: a, port: 443, protocol: TLS, tls: {mode: Passthrough}}",
                          "tcp",
                          {"tls_passthrough"}}}) {
    const json document = Translated(
        {std::string(kService), std::string(kGateway), secret.dump(),
         Cat("{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {namespace: "
             "shop, "
             "name: gw}, spec: {gatewayClassName: kong, listeners: [",
             c.listeners, "]}}"),
         Route(c.kind, "r",
               "hostnames: [a.example], rules: [{backendRefs: [{name: s, port: 80}]}]")});
    ASSERT_EQ(document["services"].size(), 1u) << c.kind << ' ' << Problems();
    EXPECT_EQ(document["services"][0]["protocol"], c.service) << c.kind << c.listeners;
    EXPECT_EQ(document["services"][0]["routes"][0]["protocols"], c.route) << c.kind << c.listeners;
  }
}

TEST_F(GatewayGraphTest, ARouteWithoutBackendsAnswersByItself) {
  const auto plugins = [&](std::string_view backends) {
    const json document = Translated({std::string(kService), std::string(kGateway),
                                      Route("HTTPRoute", "r", Cat("rules: [{", backends, "}]"))});
    return document["services"][0].value("plugins", json::array());
  };
  EXPECT_THAT(plugins(""), IsEmpty());
  EXPECT_THAT(plugins("backendRefs: [{name: s, port: 80}]"), IsEmpty());
  EXPECT_THAT(plugins("backendRefs: [{name: s, port: 80}, {name: gone, port: 80}]"), IsEmpty());
  const json all_gone = plugins("backendRefs: [{name: gone, port: 80}]");
  ASSERT_EQ(all_gone.size(), 1u);
  EXPECT_EQ(all_gone[0]["name"], "request-termination");
  EXPECT_EQ(all_gone[0]["config"]["status_code"], 500);
}

TEST_F(GatewayGraphTest, AnExternalNameNeedsANumberOfAPort) {
  const json document = Translated(
      {"{apiVersion: v1, kind: Service, metadata: {namespace: shop, name: s}, spec: {type: "
       "ExternalName, externalName: db.example}}",
       std::string(kGateway), Route("HTTPRoute", "r", "rules: [{backendRefs: [{name: s}]}]")});
  EXPECT_THAT(Problems(),
              HasSubstr("rules with an ExternalName service must specify numeric ports"));
  for (const json& service : document.value("services", json::array())) {
    EXPECT_GT(service.value("port", 80), 0);
  }
}

TEST_F(GatewayGraphTest, AFilterMayBeAPluginOfTheNamespace) {
  const json document = Translated(
      {std::string(kService), std::string(kGateway),
       "{apiVersion: configuration.konghq.com/v1, kind: KongPlugin, metadata: {namespace: shop, "
       "name: p}, plugin: key-auth}",
       Route(
           "HTTPRoute", "r",
           "rules: [{filters: [{type: ExtensionRef, extensionRef: {group: "
           "configuration.konghq.com, kind: KongPlugin, name: p}}], backendRefs: [{name: s, port: "
           "80}]}]")});
  const json plugins = document.value("plugins", json::array());
  ASSERT_THAT(Names(plugins), ElementsAre("key-auth")) << Problems();
  EXPECT_EQ(plugins[0]["route"], "httproute.shop.r.0.0");
}

TEST_F(GatewayGraphTest, APluginInstanceHasANameForEachPlace) {
  const auto ingress = [](std::string_view name) {
    return Cat(
        "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {namespace: shop, name: ",
        name, ", annotations: {konghq.com/plugins: p}}, spec: {ingressClassName: kong, ",
        Rules(Cat(name, ".example")), "}}");
  };
  const json document = Translated(
      {std::string(kService), ingress("a"), ingress("b"),
       "{apiVersion: configuration.konghq.com/v1, kind: KongPlugin, metadata: {namespace: shop, "
       "name: p}, plugin: key-auth, instance_name: mine}"});
  std::vector<std::string> names;
  for (const json& plugin : document["plugins"]) names.push_back(plugin["instance_name"]);
  ASSERT_EQ(names.size(), 2u);
  EXPECT_THAT(names, testing::Each(testing::MatchesRegex("mine-[0-9a-f]{9}")));
  EXPECT_NE(names[0], names[1]);
}

}  // namespace
}  // namespace kong
