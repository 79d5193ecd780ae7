#include "k8s/kong_upstream_policy.h"

#include <string>

#include "engine/row.h"
#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "k8s/kong_ingress.h"
#include "k8s/parse.h"

namespace k8s {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::Pair;

static_assert(engine::Row<KongUpstreamPolicy> && engine::Row<KongIngress>);

constexpr std::string_view kPolicy = R"({"metadata": {"name": "p", "namespace": "shop"}, "spec": {
  "algorithm": "consistent-hashing", "slots": 100,
  "hashOn": {"header": "x-user"}, "hashOnFallback": {"cookie": "c", "cookiePath": "/"},
  "stickySessions": {"cookie": "s"},
  "healthchecks": {"threshold": 50,
    "active": {"type": "https", "httpPath": "/up", "httpsSni": "a.example", "httpsVerifyCertificate": false,
      "concurrency": 3, "timeout": 2, "headers": {"x-b": ["1", "2"], "x-a": ["3"]},
      "healthy": {"httpStatuses": [200, 302], "interval": 5, "successes": 0},
      "unhealthy": {"httpFailures": 1, "tcpFailures": 2, "timeouts": 3, "interval": 4}},
    "passive": {"healthy": {"successes": 7}}}},
  "status": {"ancestors": []}})";

TEST(KongUpstreamPolicyTest, ReadsTheWholeSpec) {
  auto parsed = ParseObject<KongUpstreamPolicy>(kPolicy, {});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const KongUpstreamPolicy& row = parsed->row;
  EXPECT_THAT(row.algorithm, Optional(std::string("consistent-hashing")));
  EXPECT_THAT(row.slots, Optional(100));
  EXPECT_THAT(row.hash_on->header, Optional(std::string("x-user")));
  EXPECT_THAT(row.hash_on_fallback->cookie_path, Optional(std::string("/")));
  EXPECT_EQ(row.sticky_sessions->cookie, "s");
  EXPECT_FALSE(row.sticky_sessions->cookie_path);
  ASSERT_TRUE(row.health && row.health->active && row.health->passive);
  EXPECT_THAT(row.health->threshold, Optional(50.0));
  const HealthCheck& active = *row.health->active;
  EXPECT_THAT(active.https_verify_certificate, Optional(false));
  EXPECT_THAT(active.https_sni, Optional(std::string("a.example")));
  EXPECT_THAT(active.headers,
              ElementsAre(Pair("x-a", ElementsAre("3")), Pair("x-b", ElementsAre("1", "2"))));
  EXPECT_THAT(*active.healthy->http_statuses, ElementsAre(200, 302));
  EXPECT_THAT(active.healthy->successes, Optional(0));
  EXPECT_THAT(active.unhealthy->interval, Optional(4));
  EXPECT_FALSE(row.health->passive->healthy->interval);
}

TEST(KongUpstreamPolicyTest, AChangeOfStatusOnlyGivesAnEqualRow) {
  std::string churned(kPolicy);
  churned.replace(churned.find("[]}}"), 2, "[{}]");
  auto before = ParseObject<KongUpstreamPolicy>(kPolicy, {});
  auto after = ParseObject<KongUpstreamPolicy>(churned, {});
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_TRUE(engine::EqualRows(before->row, after->row));
}

TEST(KongUpstreamPolicyTest, NamesTheFieldOfAWrongType) {
  auto parsed = ParseObject<KongUpstreamPolicy>(
      R"({"metadata": {"name": "p", "namespace": "shop"}, "spec": {"healthchecks": {"active": {"healthy": {"interval": "5"}}}}})",
      {});
  ASSERT_FALSE(parsed.ok());
  EXPECT_THAT(engine::MessageOf(parsed.status()),
              HasSubstr("shop/p: spec.healthchecks.active.healthy.interval: expected an integer"));
}

TEST(KongUpstreamPolicyTest, NullTakesBackWhatWasSaid) {
  auto parsed = ParseObject<KongUpstreamPolicy>(
      R"({"metadata": {"name": "p"}, "spec": {"healthchecks": {"active": {"type": "tcp"}}, "slots": 10,
          "healthchecks": null, "slots": null, "hashOn": null}})",
      {});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_FALSE(parsed->row.health || parsed->row.slots || parsed->row.hash_on);
}

TEST(KongIngressTest, ReadsUpstreamInKongsSpellingAndNothingElse) {
  auto parsed = ParseObject<KongIngress>(
      R"({"metadata": {"name": "k", "namespace": "shop"}, "proxy": {"retries": "nonsense"}, "route": [],
          "upstream": {"host_header": "h.example", "hash_on": "uri_capture", "hash_on_uri_capture": "u",
            "slots": 10, "hostHeader": "ignored", "healthchecks": {"threshold": 0.5,
            "active": {"http_path": "/up", "httpPath": "/ignored"}}}})",
      {});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const KongIngress& row = parsed->row;
  EXPECT_THAT(row.host_header, Optional(std::string("h.example")));
  EXPECT_THAT(row.hash_on_uri_capture, Optional(std::string("u")));
  EXPECT_THAT(row.slots, Optional(10));
  EXPECT_THAT(row.health->threshold, Optional(0.5));
  EXPECT_THAT(row.health->active->http_path, Optional(std::string("/up")));
}

}  // namespace
}  // namespace k8s
