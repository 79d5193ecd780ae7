#include "kong/entity.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

using testing::ElementsAre;

TEST(EntityIdTest, DerivesTheIdsThatKongDerives) {
  struct Case {
    std::string_view array, key, id;
  };
  for (const Case& c : std::vector<Case>{
           {"services", "foo", "2933fbcc-9d7c-54a7-a984-fe2bde836cea"},
           {"routes", "foo", "fb94a9b8-3f5e-525c-b38d-61aa1cbaa69c"},
           {"consumers", "bob", "def4f7d3-9863-5ad2-8fa9-c949bf26f55e"},
           {"plugins", "plugins:*:rate-limiting:::", "8328de13-9a5c-5a91-8f06-fb4062fec696"},
           {"targets", "targets:*:u1:10.0.0.1:80", "dab5f2ab-35ca-544c-b37a-278e77eb7421"},
           {"vaults", "vaults:*:my-env", "3dc3bf8d-e9b4-576c-af74-01619966a0d0"},
           {"basicauth_credentials", "username", "0fe87b4a-ce29-515a-88ec-8547e66550b9"},
       }) {
    EXPECT_EQ(DeriveId(c.array, c.key).text(), c.id) << c.array << ' ' << c.key;
  }
}

TEST(EntityIdTest, GivesServicesAndRoutesTheControllersIds) {
  EXPECT_EQ(ServiceId("default.web.80").text(), "cf23f428-55b9-5029-8ac5-d38dd3bcef09");
  EXPECT_EQ(RouteId("default.paths.web..80").text(), "5b6537e3-c234-57cb-94c2-872a62e8b975");
}

TEST(EntityIdTest, TargetsAndPluginsTakeTheIdOfTheirParentIntoTheirs) {
  EntityId upstream = UpstreamId("u1");
  EXPECT_EQ(TargetId(upstream, "10.0.0.1:80"),
            DeriveId("targets", "targets:*:" + upstream.text() + ":10.0.0.1:80"));
  EntityId route = RouteId("r");
  EXPECT_EQ(RoutePluginId("cors", route),
            DeriveId("plugins", "plugins:*:cors:" + route.text() + "::"));
}

TEST(EntityIdTest, GivesConsumersAndGroupsTheControllersIds) {
  EXPECT_EQ(ConsumerId("consumer-1").text(), "e23d9ef8-1cc4-5b55-abd1-db89aa90346c");
  EXPECT_EQ(ConsumerGroupId("consumer-group-2").text(), "876a1c78-f75a-570e-a918-26506344add0");
}

TEST(EntityIdTest, CustomEntitiesOfATypeAreARunOfIds) {
  EntityId a = CustomEntityId("a_routes", "1"), b = CustomEntityId("b_routes", "1");
  EXPECT_NE(CustomEntityId("a_routes", "2"), a);
  EXPECT_EQ(CustomEntityId("a_routes", "2").text().substr(0, 12), a.text().substr(0, 12));
  EXPECT_NE(b.text().substr(0, 12), a.text().substr(0, 12));
}

TEST(EntityIdTest, ParsesItsOwnTextInEitherCase) {
  EntityId id = ServiceId("foo");
  EXPECT_EQ(EntityId::Parse(id.text()), id);
  EXPECT_EQ(EntityId::Parse("2933FBCC-9D7C-54A7-A984-FE2BDE836CEA"), id);
}

TEST(EntityIdTest, ParsesNothingButAWholeUuid) {
  for (std::string_view bad :
       {"", "2933fbcc-9d7c-54a7-a984-fe2bde836ce", "2933fbcc-9d7c-54a7-a984-fe2bde836ceaa",
        "2933fbcc09d7c-54a7-a984-fe2bde836cea", "2933fbcc-9d7c-54a7-a984-fe2bde836ceg",
        "{933fbcc-9d7c-54a7-a984-fe2bde836cea"}) {
    EXPECT_EQ(EntityId::Parse(bad), std::nullopt) << bad;
  }
}

TEST(EntityIdTest, IsOrderedAsItsText) {
  EntityId a = ServiceId("a");
  EntityId b = ServiceId("b");
  EXPECT_EQ(a < b, a.text() < b.text());
}

TEST(NeedsTest, AnEntityFitsAGatewayThatOffersAllItNeeds) {
  Needs oss39 = OffersOf(3, 9, false, false);
  EXPECT_TRUE(Fits(0, oss39));
  EXPECT_TRUE(Fits(kNeedsTraditional | kNeedsFrom3_9 | kNeedsBelow3_11, oss39));
  for (Needs need : {kNeedsExpressions, kNeedsEnterprise, kNeedsBelow3_9, kNeedsFrom3_11}) {
    EXPECT_FALSE(Fits(need, oss39)) << need;
  }
  EXPECT_TRUE(
      Fits(kNeedsExpressions | kNeedsEnterprise | kNeedsFrom3_11, OffersOf(3, 11, true, true)));
  EXPECT_TRUE(Fits(kNeedsBelow3_9, OffersOf(3, 4, false, false)));
}

TEST(TagsTest, AreInTheControllersOrderWithoutEmptyPartsAndOnce) {
  std::vector<std::string> user = {"a", "b", "a", "k8s-kind:Ingress"};
  EXPECT_THAT(TagsOf({.name = "n",
                      .ns = "s",
                      .kind = "Ingress",
                      .uid = "",
                      .group = "g",
                      .version = "v1",
                      .user_tags = &user}),
              ElementsAre("k8s-name:n", "k8s-namespace:s", "k8s-kind:Ingress", "k8s-group:g",
                          "k8s-version:v1", "a", "b"));
  EXPECT_THAT(PlaceholderTags(),
              ElementsAre("k8s-name:UNKNOWN", "k8s-namespace:UNKNOWN", "k8s-kind:Service",
                          "k8s-uid:00000000-0000-0000-0000-000000000000", "k8s-group:core",
                          "k8s-version:v1"));
}

TEST(ObjectRefTest, LeavesOutAMissingNamespace) {
  using engine::Symbol;
  EXPECT_EQ((ObjectRef{Symbol("Ingress"), Symbol("shop"), Symbol("cart")}.text()),
            "Ingress shop/cart");
  EXPECT_EQ((ObjectRef{Symbol("IngressClass"), {}, Symbol("kong")}.text()), "IngressClass kong");
}

}  // namespace
}  // namespace kong
