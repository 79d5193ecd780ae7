#include <string>

#include "engine/row.h"
#include "gtest/gtest.h"
#include "k8s/endpoint_slice.h"
#include "k8s/ingress.h"
#include "k8s/ingress_class.h"
#include "k8s/ingress_class_parameters.h"
#include "k8s/namespace.h"
#include "k8s/partial_object_metadata.h"
#include "k8s/secret.h"
#include "k8s/service.h"

namespace k8s {
namespace {

using engine::Symbol;

static_assert(engine::Row<Ingress> && engine::Row<IngressClass> &&
              engine::Row<IngressClassParameters>);
static_assert(engine::Row<Service> && engine::Row<EndpointSlice> && engine::Row<Secret>);
static_assert(engine::Row<Namespace> && engine::Row<PartialObjectMetadata>);
static_assert(sizeof(NamespacedName) == 8);

TEST(NamespacedNameTest, LeavesOutAnEmptyNamespace) {
  EXPECT_EQ((NamespacedName{Symbol("shop"), Symbol("cart")}.Text()), "shop/cart");
  EXPECT_EQ((NamespacedName{Symbol(), Symbol("kong")}.Text()), "kong");
}

TEST(NamespacedNameTest, IsOrderedByText) {
  const NamespacedName later{Symbol("zz"), Symbol("a")}, earlier{Symbol("aa"), Symbol("b")};
  EXPECT_LT(earlier, later);
}

TEST(TextMapTest, KeepsKeysSortedAndTheLastValue) {
  TextMap map;
  map.Set(Symbol("b"), "1");
  map.Set(Symbol("a"), "2");
  map.Set(Symbol("b"), "3");
  ASSERT_EQ(map.size(), 2u);
  EXPECT_EQ(map.all[0].first, Symbol("a"));
  EXPECT_EQ(*map.Find("b"), "3");
  EXPECT_EQ(*map.Find(Symbol("a")), "2");
  EXPECT_EQ(map.Find("c"), nullptr);
}

TEST(SecretTest, ShowsNoBytesButComparesThem) {
  Secret secret;
  secret.meta.id = {Symbol("shop"), Symbol("tls")};
  secret.data.emplace_back("tls.key", SecretBytes("canary-value"));
  Secret other = secret;
  other.data[0].second = SecretBytes("another-value");

  EXPECT_EQ(engine::TextOf(secret).find("canary"), std::string::npos);
  EXPECT_NE(engine::TextOf(secret).find("tls.key=<redacted>"), std::string::npos);
  EXPECT_FALSE(engine::EqualRows(secret, other));
  EXPECT_NE(engine::FingerprintOf(secret), engine::FingerprintOf(other));
}

TEST(PackedEndpointsTest, GivesBackWhatWasAdded) {
  PackedEndpoints endpoints;
  endpoints.Add({"10.0.0.1", true, true, false});
  endpoints.Add({"2001:db8::1", false, true, true});
  ASSERT_EQ(endpoints.size(), 2u);
  EXPECT_EQ(endpoints[0].address, "10.0.0.1");
  EXPECT_TRUE(endpoints[0].ready);
  EXPECT_EQ(endpoints[1].address, "2001:db8::1");
  EXPECT_FALSE(endpoints[1].ready);
  EXPECT_TRUE(endpoints[1].serving);
  EXPECT_TRUE(endpoints[1].terminating);
}

TEST(ResourceTypeTest, MakesPathsAndNames) {
  EXPECT_EQ(Ingress::kType.Path(), "/apis/networking.k8s.io/v1/ingresses");
  EXPECT_EQ(Ingress::kType.Path("shop"), "/apis/networking.k8s.io/v1/namespaces/shop/ingresses");
  EXPECT_EQ(Service::kType.Path("shop"), "/api/v1/namespaces/shop/services");
  EXPECT_EQ(Namespace::kType.Path("shop"), "/api/v1/namespaces");
  EXPECT_EQ(Ingress::kType.RbacName(), "ingresses.networking.k8s.io");
}

}  // namespace
}  // namespace k8s
