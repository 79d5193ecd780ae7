#include "kong/explanation.h"

#include "engine/executor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kong/translate.h"

namespace kong {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ManifestObject Object(std::string kind, std::string name, std::string json) {
  return {ApiVersionOf(kind), kind, std::move(json), "shop", std::move(name)};
}

class ExplanationTest : public ::testing::Test {
 protected:
  ExplanationTest() {
    std::vector<Problem> unreadable;
    Feed(graph_, g_,
         {Object("Ingress", "web",
                 R"({"metadata":{"name":"web","namespace":"shop","uid":"u"},"spec":{
            "ingressClassName":"kong","rules":[{"host":"a.example","http":{"paths":[{"path":"/",
            "pathType":"Prefix","backend":{"service":{"name":"cart","port":{"number":80}}}}]}}]}})"),
          Object("Ingress", "late", R"({"metadata":{"name":"late","namespace":"shop","uid":"v",
            "creationTimestamp":"2024-01-01T00:00:00Z"},"spec":{"ingressClassName":"other"}})")},
         {}, unreadable);
    EXPECT_TRUE(unreadable.empty());
  }
  ObjectRef Ref(std::string_view kind, std::string_view name) {
    return {Symbol(kind), Symbol("shop"), Symbol(name)};
  }
  engine::Graph graph_{engine::NewSerialExecutor()};
  GatewayGraph g_{graph_, {}};
};

TEST_F(ExplanationTest, AnObjectShowsItsEntitiesAndWhatTheirRulesRead) {
  std::string text = ExplainObject(graph_, g_, Ref("Ingress", "web"));
  EXPECT_THAT(text, HasSubstr("shop.web.cart.a.example.80"));
  EXPECT_THAT(text, HasSubstr("said by rule ingress_routes"));
  EXPECT_THAT(text, HasSubstr("which read ingresses"));
  EXPECT_THAT(text, HasSubstr("route " + RouteId("shop.web.cart.a.example.80").text()));
}

TEST_F(ExplanationTest, AnObjectThatBecameNothingSaysSo) {
  EXPECT_THAT(ExplainObject(graph_, g_, Ref("Ingress", "late")),
              HasSubstr("no entity of Kong comes from it"));
  EXPECT_THAT(ExplainObject(graph_, g_, Ref("Ingress", "gone")), HasSubstr("is not held"));
}

TEST_F(ExplanationTest, AnEntityIsFoundByNameAndById) {
  std::string by_name = ExplainEntity(graph_, g_, "shop.web.cart.a.example.80");
  EXPECT_THAT(by_name, HasSubstr("said by rule ingress_routes"));
  EXPECT_EQ(ExplainEntity(graph_, g_, RouteId("shop.web.cart.a.example.80").text()), by_name);
  EXPECT_EQ(ExplainEntity(graph_, g_, "nonsense"), "");
}

}  // namespace
}  // namespace kong
