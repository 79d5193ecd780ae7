#include "kong/translate.h"

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace kong {
namespace {

using engine::Cat;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<ManifestObject> Objects(std::string_view text) {
  absl::StatusOr<std::vector<ManifestObject>> objects = ObjectsOf(text);
  EXPECT_TRUE(objects.ok()) << objects.status();
  return objects.ok() ? *objects : std::vector<ManifestObject>();
}

json Backend(std::string_view service) {
  return {{"service", {{"name", service}, {"port", {{"number", 80}}}}}};
}
json Ingress(std::string_view name, json rules) {
  return {{"apiVersion", "networking.k8s.io/v1"},
          {"kind", "Ingress"},
          {"metadata", {{"name", name}, {"namespace", "shop"}}},
          {"spec", {{"ingressClassName", "kong"}, {"rules", std::move(rules)}}}};
}
json Rule(std::string_view host, std::string_view path, std::string_view service = "cart") {
  return {
      {"host", host},
      {"http",
       {{"paths",
         json::array({{{"path", path}, {"pathType", "Prefix"}, {"backend", Backend(service)}}})}}}};
}
Translation TranslateAll(const std::vector<json>& list, TranslateRequest request = {}) {
  request.offers = OffersOf(3, 9, false, request.options.expressions);
  return Translate(Objects(json{{"apiVersion", "v1"}, {"kind", "List"}, {"items", list}}.dump()),
                   request);
}
std::vector<std::string> TextsOf(const Translation& translation) {
  std::vector<std::string> texts;
  for (const Problem& problem : translation.problems)
    texts.push_back(Cat(problem.object.text(), ": ", problem.text));
  return texts;
}

TEST(ManifestTest, ListsAreTakenApartAndNamespacesDefault) {
  std::vector<ManifestObject> objects = Objects(
      R"({"apiVersion":"v1","kind":"ServiceList","items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b","namespace":"n"}}]})");
  ASSERT_THAT(objects, SizeIs(2));
  EXPECT_EQ(objects[0].kind, "Service");
  EXPECT_EQ(objects[0].ns, "default");
  EXPECT_EQ(objects[1].ns, "n");
  EXPECT_EQ(
      Objects(
          R"({"apiVersion":"networking.k8s.io/v1","kind":"IngressClass","metadata":{"name":"k"}})")
          [0]
              .ns,
      "");
}

TEST(ManifestTest, WhatIsNoObjectIsAnError) {
  for (std::string_view bad :
       {"{", "[]", "3", "{}", R"({"apiVersion":"v1","kind":"Service"})",
        R"({"apiVersion":"v1","kind":"Service","metadata":{}})",
        R"({"apiVersion":"v1","kind":"Service","metadata":{"name":3}})",
        R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"a","namespace":false}})",
        R"({"apiVersion":"v1","kind":"List","items":[1]})"}) {
    EXPECT_FALSE(ObjectsOf(bad).ok()) << bad;
  }
  EXPECT_THAT(Objects("null"), IsEmpty());
}

TEST(TranslateTest, NestsRoutesTargetsAndPlugins) {
  TranslateRequest request;
  request.options.rewrite_uris = true;
  json ingress = Ingress("web", {Rule("a.example", "/x")});
  ingress["metadata"]["annotations"] = {{"konghq.com/rewrite", "/y"}};
  json service = {{"apiVersion", "v1"},
                  {"kind", "Service"},
                  {"metadata", {{"name", "cart"}, {"namespace", "shop"}}},
                  {"spec", {{"type", "ExternalName"}, {"externalName", "db.example"}}}};
  json document = json::parse(TranslateAll({ingress, service}, request).document);
  ASSERT_THAT(document["services"], SizeIs(1));
  const json& route = document["services"][0]["routes"][0];
  EXPECT_EQ(route["name"], "shop.web.cart.a.example.80");
  EXPECT_FALSE(route.contains("service"));
  EXPECT_EQ(route["plugins"][0]["config"]["replace"]["uri"], "/y");
  EXPECT_EQ(document["upstreams"][0]["targets"][0]["target"], "db.example:80");
  EXPECT_FALSE(document.contains("routes") || document.contains("targets") ||
               document.contains("plugins"));
}

json HttpRoute(json parents) {
  return {{"apiVersion", "gateway.networking.k8s.io/v1"},
          {"kind", "HTTPRoute"},
          {"metadata", {{"name", "web"}, {"namespace", "shop"}}},
          {"spec",
           {{"parentRefs", std::move(parents)},
            {"hostnames", {"a.example"}},
            {"rules", {{{"backendRefs", {{{"name", "gone"}, {"port", 80}}}}}}}}}};
}

TEST(TranslateTest, RoutesOfUnseenGatewaysCountAsAcceptedIfThatIsAsked) {
  const json route = HttpRoute({{{"name", "elsewhere"}, {"sectionName", "https"}}});
  TranslateRequest request;
  EXPECT_EQ(TranslateAll({route}, request).entities, 0u);
  request.options.gateways_unseen = true;
  Translation translation = TranslateAll({route}, request);
  json document = json::parse(translation.document);
  const json& service = document["services"][0];
  EXPECT_EQ(service["routes"][0]["hosts"], json::array({"a.example"}));
  EXPECT_FALSE(service["routes"][0].contains("protocols"));
  EXPECT_THAT(translation.conditions, IsEmpty());
  // Neither those that name no Gateway nor those that name something else.
  EXPECT_EQ(TranslateAll({HttpRoute(json::array())}, request).entities, 0u);
  EXPECT_EQ(
      TranslateAll({HttpRoute({{{"kind", "Service"}, {"group", ""}, {"name", "x"}}})}, request)
          .entities,
      0u);
}

TEST(TranslateTest, PluginsOfNoObjectStandUnderTheirService) {
  TranslateRequest request;
  request.options.gateways_unseen = true;
  json document =
      json::parse(TranslateAll({HttpRoute({{{"name", "elsewhere"}}})}, request).document);
  EXPECT_EQ(document["services"][0]["plugins"][0]["name"], "request-termination");
  EXPECT_FALSE(document["services"][0]["plugins"][0].contains("service"));
  EXPECT_FALSE(document.contains("plugins"));
}

TEST(TranslateTest, NamespacesThatAreNotShownHaveTheirNamesAsLabels) {
  const json gateway_class = {{"apiVersion", "gateway.networking.k8s.io/v1"},
                              {"kind", "GatewayClass"},
                              {"metadata", {{"name", "kong"}}},
                              {"spec", {{"controllerName", "konghq.com/kic-gateway-controller"}}}};
  const json selector = {{"matchLabels", {{"kubernetes.io/metadata.name", "shop"}}}};
  const json gateway = {
      {"apiVersion", "gateway.networking.k8s.io/v1"},
      {"kind", "Gateway"},
      {"metadata", {{"name", "gw"}, {"namespace", "infra"}}},
      {"spec",
       {{"gatewayClassName", "kong"},
        {"listeners",
         {{{"name", "http"},
           {"port", 80},
           {"protocol", "HTTP"},
           {"allowedRoutes",
            {{"namespaces", {{"from", "Selector"}, {"selector", selector}}}}}}}}}}};
  json route = HttpRoute({{{"name", "gw"}, {"namespace", "infra"}}});
  EXPECT_GT(TranslateAll({gateway_class, gateway, route}).entities, 0u);
  route["metadata"]["namespace"] = "other";
  EXPECT_EQ(TranslateAll({gateway_class, gateway, route}).entities, 0u);
}

TEST(ManifestTest, KnowsGatewaysAndRoutesApart) {
  const json listener_set = {{"apiVersion", "gateway.networking.k8s.io/v1"},
                             {"kind", "ListenerSet"},
                             {"metadata", {{"name", "more"}}}};
  const auto route = Objects(HttpRoute(json::array()).dump());
  const auto set = Objects(listener_set.dump());
  EXPECT_TRUE(HoldRoutes(route) && !HoldGateways(route));
  EXPECT_TRUE(HoldGateways(set) && !HoldRoutes(set));
}

TEST(TranslateTest, NothingIsOneUpstreamThatNothingUses) {
  EXPECT_EQ(TranslateAll({}).document,
            R"({"_format_version":"3.0","upstreams":[{"name":"kong"}]})");
}

TEST(TranslateTest, ALaterObjectOfTheSameNameWins) {
  json document = json::parse(TranslateAll({Ingress("web", {Rule("a.example", "/x")}),
                                            Ingress("web", {Rule("b.example", "/x")})})
                                  .document);
  ASSERT_THAT(document["services"][0]["routes"], SizeIs(1));
  EXPECT_EQ(document["services"][0]["routes"][0]["hosts"], json::array({"b.example"}));
}

TEST(TranslateTest, AnObjectThatCannotBeParsedCostsNothingElse) {
  json broken = Ingress("broken", {Rule("a.example", "/x")});
  broken["spec"]["rules"] = "none";
  Translation translation = TranslateAll({broken, Ingress("web", {Rule("a.example", "/x")})});
  EXPECT_THAT(TextsOf(translation)[0], HasSubstr("Ingress shop/broken: shop/broken: spec.rules"));
  EXPECT_THAT(json::parse(translation.document)["services"], SizeIs(1));
}

TEST(TranslateTest, TenThousandRulesOfOneIngressAreTenThousandRoutes) {
  json rules = json::array();
  for (int i = 0; i < 10'000; ++i) rules.push_back(Rule(Cat("h", i, ".example"), "/x"));
  Translation translation = TranslateAll({Ingress("big", std::move(rules))});
  EXPECT_EQ(translation.entities, 10'002u);
}

TEST(TranslateTest, HostileTextStaysText) {
  std::string path = "/\"\\\n\x01\xc3\xa9" + std::string(100'000, 'a');
  TranslateRequest request;
  for (bool expressions : {false, true}) {
    request.options.expressions = expressions;
    Translation translation = TranslateAll({Ingress("web", {Rule("a.example", path)})}, request);
    json document = json::parse(translation.document, nullptr, false);
    ASSERT_FALSE(document.is_discarded());
    const json& route = document["services"][0]["routes"][0];
    if (expressions)
      EXPECT_GT(route["expression"].get<std::string>().size(), 200'000u);
    else
      EXPECT_EQ(route["paths"][0], path + "/");
  }
}

TEST(TranslateTest, QuarantineLeavesOutWhatAnObjectBecame) {
  TranslateRequest request;
  request.quarantine = {{Symbol("Ingress"), Symbol("shop"), Symbol("web")}};
  EXPECT_EQ(TranslateAll({Ingress("web", {Rule("a.example", "/x")})}, request).entities, 0u);
}

TEST(TranslateTest, FailuresComeBeforeWarnings) {
  json ingress = Ingress("web", {Rule("a.example", "/x")});
  ingress["metadata"]["annotations"] = {{"konghq.com/tags", "a/b"}};
  EXPECT_THAT(
      TextsOf(TranslateAll({ingress})),
      ElementsAre(
          "Ingress shop/web: can't add target for backend cart: no kubernetes service found",
          "Ingress shop/web: failed to resolve Kubernetes Service for backend: failed to fetch "
          "Service shop/cart: Service shop/cart not found",
          "Ingress shop/web: annotation konghq.com/tags: \"a/b\" is ignored, expected a tag "
          "without "
          "'/' and control characters"));
}

}  // namespace
}  // namespace kong
