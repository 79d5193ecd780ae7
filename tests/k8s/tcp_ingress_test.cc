#include "k8s/tcp_ingress.h"

#include "engine/row.h"
#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "k8s/parse.h"
#include "k8s/udp_ingress.h"

namespace k8s {
namespace {

using engine::Symbol;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

static_assert(engine::Row<TcpIngress> && engine::Row<UdpIngress>);

TEST(TcpIngressTest, ReadsRulesAndTls) {
  auto parsed = ParseObject<TcpIngress>(
      R"({"metadata": {"name": "t", "namespace": "shop"}, "spec": {
          "rules": [{"host": "db.example", "port": 9000, "backend": {"serviceName": "db", "servicePort": 5432}},
                    {"port": 9001}],
          "tls": [{"hosts": ["db.example"], "secretName": "cert"}]}})",
      {});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const TcpIngress& row = parsed->row;
  ASSERT_EQ(row.rules.size(), 2u);
  EXPECT_EQ(row.rules[0].host, Symbol("db.example"));
  EXPECT_EQ(row.rules[0].port, 9000);
  EXPECT_EQ(row.rules[0].service, Symbol("db"));
  EXPECT_EQ(row.rules[0].service_port, 5432);
  EXPECT_TRUE(row.rules[1].service.empty());
  ASSERT_EQ(row.tls.size(), 1u);
  EXPECT_THAT(row.tls[0].hosts, ElementsAre(Symbol("db.example")));
}

TEST(TcpIngressTest, RefusesAPortThatIsNone) {
  auto parsed = ParseObject<TcpIngress>(
      R"({"metadata": {"name": "t", "namespace": "shop"}, "spec": {"rules": [{"port": 70000}]}})",
      {});
  ASSERT_FALSE(parsed.ok());
  EXPECT_THAT(engine::MessageOf(parsed.status()), HasSubstr("shop/t: spec.rules[0].port"));
}

TEST(UdpIngressTest, ReadsRules) {
  auto parsed = ParseObject<UdpIngress>(
      R"({"metadata": {"name": "u", "namespace": "shop"}, "spec": {
          "rules": [{"port": 53, "backend": {"serviceName": "dns", "servicePort": 5353}}]}})",
      {});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  ASSERT_EQ(parsed->row.rules.size(), 1u);
  EXPECT_EQ(parsed->row.rules[0].port, 53);
  EXPECT_EQ(parsed->row.rules[0].service_port, 5353);
}

}  // namespace
}  // namespace k8s
