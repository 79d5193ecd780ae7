#include "kong/upstream_settings.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "k8s/parse.h"

namespace kong {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Result {
  UpstreamSettings settings;
  std::string findings;
  std::string fragment;
};

Result Finish(UpstreamSettings settings, const Findings& findings) {
  Result out{settings, "", UpstreamFragment("up", {"t"}, settings)};
  for (const Finding& each : findings) out.findings += each.text + "\n";
  return out;
}

Result Policy(std::string_view spec) {
  auto parsed = k8s::ParseObject<k8s::KongUpstreamPolicy>(
      R"({"metadata": {"name": "p", "namespace": "n"}, "spec": )" + std::string(spec) + "}", {});
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  Findings findings;
  UpstreamSettings settings = SettingsOfPolicy(parsed->row, findings);
  return Finish(settings, findings);
}

Result KongIngress(std::string_view upstream) {
  auto parsed = k8s::ParseObject<k8s::KongIngress>(
      R"({"metadata": {"name": "p", "namespace": "n"}, "upstream": )" + std::string(upstream) + "}",
      {});
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  Findings findings;
  UpstreamSettings settings = SettingsOfKongIngress(parsed->row, findings);
  return Finish(settings, findings);
}

TEST(UpstreamSettingsTest, WithoutAnythingItIsRoundRobin) {
  EXPECT_EQ(UpstreamFragment("up", {}, {}),
            R"({"algorithm":"round-robin","id":")" + UpstreamId("up").text() + R"(","name":"up"})");
}

TEST(UpstreamSettingsTest, WritesEverythingThatAPolicySays) {
  Result got = Policy(R"({"algorithm": "consistent-hashing", "slots": 100,
    "hashOn": {"header": "session-id"}, "hashOnFallback": {"input": "consumer"},
    "healthchecks": {"threshold": 50,
      "active": {"type": "http", "httpPath": "/status", "httpsSni": "example.com", "concurrency": 20,
        "headers": {"X-A": ["1"]}, "healthy": {"httpStatuses": [200], "interval": 5},
        "unhealthy": {"httpFailures": 5, "timeouts": 5}},
      "passive": {"type": "tcp", "unhealthy": {"tcpFailures": 5}}}})");
  EXPECT_EQ(got.findings, "");
  EXPECT_THAT(
      got.fragment,
      HasSubstr(
          R"({"algorithm":"consistent-hashing","hash_fallback":"consumer","hash_on":"header","hash_on_header":"session-id",)"
          R"("healthchecks":{"active":{"concurrency":20,"headers":{"X-A":["1"]},"healthy":{"http_statuses":[200],"interval":5},)"
          R"("http_path":"/status","https_sni":"example.com","type":"http","unhealthy":{"http_failures":5,"timeouts":5}},)"
          R"("passive":{"type":"tcp","unhealthy":{"tcp_failures":5}},"threshold":50})"));
  EXPECT_THAT(got.fragment, HasSubstr(R"("slots":100,"tags":["t"]})"));
}

struct BadCase {
  std::string_view name, spec, absent, finding;
};
class BadPolicyTest : public ::testing::TestWithParam<BadCase> {};

TEST_P(BadPolicyTest, LeavesOutWhatKongWouldRefuseAndSaysWhatIsExpected) {
  Result got = Policy(GetParam().spec);
  EXPECT_THAT(got.fragment, Not(HasSubstr(GetParam().absent)));
  EXPECT_THAT(got.findings, HasSubstr(GetParam().finding));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadPolicyTest,
    ::testing::Values(
        BadCase{"Algorithm", R"({"algorithm": "random"})", "random",
                "spec.algorithm: \"random\" is ignored, expected one of"},
        BadCase{"Slots", R"({"slots": 9})", "slots", "spec.slots: \"9\" is ignored"},
        BadCase{"CookiePath", R"({"hashOn": {"cookie": "c", "cookiePath": "p"}})", "cookie_path",
                "spec.hashOn.cookiePath"},
        BadCase{"HeaderName", R"({"hashOn": {"header": "a b"}})", "hash_on",
                "spec.hashOn.header: \"a b\" is ignored"},
        BadCase{"EmptyArgument", R"({"hashOn": {"queryArg": ""}})", "hash_on",
                "spec.hashOn.queryArg"},
        BadCase{"FallbackWithoutHash", R"({"hashOnFallback": {"input": "ip"}})", "hash_fallback",
                "hashed by nothing"},
        BadCase{"FallbackOfACookie",
                R"({"hashOn": {"cookie": "c"}, "hashOnFallback": {"input": "ip"}})",
                "hash_fallback", "nothing to fall back from"},
        BadCase{"SameHeaderTwice",
                R"({"hashOn": {"header": "a"}, "hashOnFallback": {"header": "a"}})",
                "hash_fallback", "in the first place"},
        BadCase{"SameInputTwice",
                R"({"hashOn": {"input": "ip"}, "hashOnFallback": {"input": "ip"}})",
                "hash_fallback", "in the first place"},
        BadCase{"PassiveInterval", R"({"healthchecks": {"passive": {"healthy": {"interval": 5}}}})",
                "interval", "spec.healthchecks.passive.healthy.interval is ignored"},
        BadCase{"Status", R"({"healthchecks": {"active": {"healthy": {"httpStatuses": [99]}}}})",
                "http_statuses", "spec.healthchecks.active.healthy.httpStatuses: \"99\""},
        BadCase{"HealthPath", R"({"healthchecks": {"active": {"httpPath": "status"}}})",
                "http_path", "spec.healthchecks.active.httpPath"},
        BadCase{"Failures", R"({"healthchecks": {"passive": {"unhealthy": {"tcpFailures": 256}}}})",
                "tcp_failures", "from 0 to 255"},
        BadCase{"Threshold", R"({"healthchecks": {"threshold": 101}})", "threshold",
                "spec.healthchecks.threshold is ignored"},
        BadCase{"CheckType", R"({"healthchecks": {"active": {"type": "icmp"}}})", "icmp",
                "http, https, tcp, grpc or grpcs"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(UpstreamSettingsTest, TwoDifferentHeadersMayFollowEachOther) {
  Result got = Policy(R"({"hashOn": {"header": "a"}, "hashOnFallback": {"header": "b"}})");
  EXPECT_EQ(got.findings, "");
  EXPECT_THAT(got.fragment, HasSubstr(R"("hash_fallback":"header","hash_fallback_header":"b")"));
}

TEST(UpstreamSettingsTest, StickySessionsNeedTheirAlgorithm) {
  EXPECT_THAT(Policy(R"({"stickySessions": {"cookie": "c"}})").fragment, Not(HasSubstr("sticky")));
  EXPECT_THAT(Policy(R"({"algorithm": "sticky-sessions", "hashOn": {"input": "none"},
                         "stickySessions": {"cookie": "c", "cookiePath": "/"}})")
                  .fragment,
              HasSubstr(R"("sticky_sessions_cookie":"c","sticky_sessions_cookie_path":"/")"));
}

TEST(UpstreamSettingsTest, APolicyLiesOverAKongIngressMemberByMember) {
  Result base = KongIngress(
      R"({"host_header": "h.example", "slots": 10, "hash_on": "ip", "hash_fallback": "consumer",
          "healthchecks": {"active": {"http_path": "/a"}}})");
  EXPECT_EQ(base.findings, "");
  Findings findings;
  LayOver(base.settings, Policy(R"({"slots": 20, "hashOn": {"input": "consumer"}})").settings);
  SettleHashing(base.settings, findings);
  std::string fragment = UpstreamFragment("up", {}, base.settings);
  EXPECT_THAT(fragment, HasSubstr(R"("host_header":"h.example")"));
  EXPECT_THAT(fragment, HasSubstr(R"("slots":20)"));
  EXPECT_THAT(fragment, HasSubstr(R"("healthchecks":{"active":{"http_path":"/a"}})"));
  EXPECT_THAT(fragment, Not(HasSubstr("hash_fallback"))) << "both hash by the consumer";
  EXPECT_EQ(findings.size(), 1u);
}

TEST(UpstreamSettingsTest, AnUnusedHeaderDoesNotRepeatThatOfTheFallback) {
  Result got = KongIngress(R"({"hash_on": "ip", "hash_on_header": "a", "hash_fallback": "header",
                               "hash_fallback_header": "a"})");
  EXPECT_THAT(got.fragment, HasSubstr(R"("hash_fallback_header":"a")"));
  EXPECT_THAT(got.fragment, Not(HasSubstr("hash_on_header")));
}

TEST(UpstreamSettingsTest, AKongIngressCannotAskForStickySessions) {
  EXPECT_THAT(KongIngress(R"({"algorithm": "sticky-sessions"})").fragment,
              HasSubstr(R"("algorithm":"round-robin")"));
}

}  // namespace
}  // namespace kong
