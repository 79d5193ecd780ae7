#include "kong/annotations.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

using engine::Symbol;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

k8s::TextMap Map(std::initializer_list<std::pair<std::string_view, std::string>> all) {
  k8s::TextMap map;
  for (const auto& [key, value] : all) map.Set(Symbol(key), value);
  return map;
}
RouteSettings Route(std::string_view key, std::string value, Findings* findings = nullptr) {
  Findings ignored;
  return ParseRouteSettings(Map({{key, std::move(value)}}), findings ? *findings : ignored);
}
ServiceSettings Service(std::string_view key, std::string value, Findings* findings = nullptr) {
  Findings ignored;
  return ParseServiceSettings(Map({{key, std::move(value)}}), findings ? *findings : ignored);
}

TEST(AnnotationsTest, EveryOneBeginsWithAPrefixThatRowsKeep) {
  std::vector<std::string> prefixes = AnnotationPrefixes();
  for (const AnnotationSpec& spec : AllAnnotations()) {
    EXPECT_TRUE(std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
      return spec.name.starts_with(prefix);
    })) << spec.name;
  }
}

TEST(AnnotationsTest, EveryOneIsListedOnce) {
  std::vector<std::string_view> names;
  for (const AnnotationSpec& spec : AllAnnotations()) names.push_back(spec.name);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

TEST(AnnotationsTest, BooleansOfRoutesAreTrueOrFalseInAnyCase) {
  EXPECT_EQ(Route("konghq.com/strip-path", "TRUE").strip_path, true);
  EXPECT_EQ(Route("konghq.com/preserve-host", "False").preserve_host, false);
  Findings findings;
  EXPECT_EQ(Route("konghq.com/strip-path", "1", &findings).strip_path, std::nullopt);
  EXPECT_THAT(findings, ElementsAre(Finding{Severity::kWarning,
                                            "annotation konghq.com/strip-path: \"1\" is ignored, "
                                            "expected true or false"}));
}

TEST(AnnotationsTest, BufferingAndTlsVerifyTakeTheWordsOfGo) {
  EXPECT_EQ(Route("konghq.com/request-buffering", "T").request_buffering, true);
  EXPECT_EQ(Route("konghq.com/response-buffering", "0").response_buffering, false);
  EXPECT_EQ(Route("konghq.com/request-buffering", "off").request_buffering, std::nullopt);
  EXPECT_EQ(Service("konghq.com/tls-verify", "True").tls_verify, true);
  EXPECT_EQ(Service("konghq.com/tls-verify", "tRUE").tls_verify, std::nullopt);
}

TEST(AnnotationsTest, OneBadProtocolSpoilsTheList) {
  EXPECT_THAT(Route("konghq.com/protocols", "https, grpc,,https").protocols,
              ElementsAre("grpc", "https"));
  Findings findings;
  EXPECT_THAT(Route("konghq.com/protocols", "http,udp", &findings).protocols, IsEmpty());
  EXPECT_THAT(findings, SizeIs(1));
}

TEST(AnnotationsTest, OnlyRedirectStatusesThatKongKnowsCount) {
  EXPECT_EQ(Route("konghq.com/https-redirect-status-code", "308").https_redirect_status_code, 308);
  for (const char* bad : {"200", "303", "x", ""}) {
    EXPECT_EQ(Route("konghq.com/https-redirect-status-code", bad).https_redirect_status_code,
              std::nullopt)
        << bad;
  }
}

TEST(AnnotationsTest, MethodsAreUpperCasedAndBadOnesAreMarked) {
  RouteSettings settings = Route("konghq.com/methods", "get, P0ST");
  EXPECT_THAT(settings.methods, ElementsAre("GET"));
  EXPECT_FALSE(settings.all_methods_valid);
}

TEST(AnnotationsTest, AnEmptyListOfSnisIsNotAnAbsentOne) {
  EXPECT_EQ(Route("konghq.com/snis", "").snis, std::vector<std::string>());
  EXPECT_EQ(Route("konghq.com/tags", "").snis, std::nullopt);
  RouteSettings settings = Route("konghq.com/snis", "a.example, *.b.example");
  EXPECT_THAT(*settings.snis, ElementsAre("a.example"));
  EXPECT_FALSE(settings.all_snis_valid);
}

TEST(AnnotationsTest, PunycodeIsAHost) {
  EXPECT_THAT(Route("konghq.com/host-aliases", "xn--p1ai.example,*.a.example,b.*").host_aliases,
              ElementsAre("xn--p1ai.example", "*.a.example", "b.*"));
  for (std::string_view bad :
       {"bad_host!", "-a.example", "a-.example", "a..b", "", ".", "*", "*.*.a", "a.*.b", "a b"}) {
    EXPECT_FALSE(IsHostPattern(bad)) << bad;
  }
}

TEST(AnnotationsTest, HeadersAreSplitAtTheirSeparatorAndSorted) {
  Findings findings;
  RouteSettings settings = ParseRouteSettings(Map({{"konghq.com/headers.x-b", "1, 2"},
                                                   {"konghq.com/headers.x-a", "~*v[0-9],,"},
                                                   {"konghq.com/headers.", "nobody"},
                                                   {"konghq.com/headers.x-c", ""},
                                                   {"konghq.com/headers.Host", "a.example"}}),
                                              findings);
  EXPECT_THAT(settings.headers, ElementsAre(Pair("x-a", ElementsAre("~*v[0-9]")),
                                            Pair("x-b", ElementsAre("1", "2"))));
  EXPECT_THAT(findings, SizeIs(1));
  settings = ParseRouteSettings(
      Map({{"konghq.com/headers.x-b", "1,2;3"}, {"konghq.com/headers-separator", ";"}}), findings);
  EXPECT_THAT(settings.headers, ElementsAre(Pair("x-b", ElementsAre("1,2", "3"))));
}

TEST(AnnotationsTest, AnEmptyRegexPrefixIsTheDefaultOne) {
  EXPECT_EQ(Route("konghq.com/regex-prefix", "").regex_prefix, "/~");
  EXPECT_EQ(Route("konghq.com/regex-prefix", "/@").regex_prefix, "/@");
}

TEST(AnnotationsTest, PathHandlingIsOneOfTwo) {
  EXPECT_EQ(Route("konghq.com/path-handling", "v1").path_handling, "v1");
  EXPECT_EQ(Route("konghq.com/path-handling", "v2").path_handling, std::nullopt);
}

TEST(AnnotationsTest, ABadProtocolOfAServiceIsAFailure) {
  EXPECT_EQ(Service("konghq.com/protocol", "grpcs").protocol, "grpcs");
  Findings findings;
  EXPECT_EQ(Service("konghq.com/protocol", "udp", &findings).protocol, std::nullopt);
  EXPECT_THAT(findings,
              ElementsAre(Finding{Severity::kFailure,
                                  "konghq.com/protocol annotation has invalid value: udp"}));
}

TEST(AnnotationsTest, NumbersThatKongWouldRefuseAreIgnored) {
  EXPECT_EQ(Service("konghq.com/connect-timeout", "100").connect_timeout, 100);
  EXPECT_EQ(Service("konghq.com/connect-timeout", "0").connect_timeout, std::nullopt);
  EXPECT_EQ(Service("konghq.com/retries", "0").retries, 0);
  EXPECT_EQ(Service("konghq.com/retries", "32768").retries, std::nullopt);
  EXPECT_EQ(Service("konghq.com/read-timeout", "99999999999999999999").read_timeout, std::nullopt);
  EXPECT_EQ(Service("konghq.com/tls-verify-depth", "65").tls_verify_depth, std::nullopt);
}

TEST(AnnotationsTest, APathOfAServiceBeginsWithASlash) {
  EXPECT_EQ(Service("konghq.com/path", "/base").path, "/base");
  EXPECT_EQ(Service("konghq.com/path", "no-slash").path, std::nullopt);
  EXPECT_EQ(Service("konghq.com/path", "/a//b").path, std::nullopt);
}

TEST(AnnotationsTest, TagsThatKongWouldRefuseAreIgnored) {
  Findings findings;
  EXPECT_THAT(
      Route("konghq.com/tags", "a, b ,a,env:prod,\xc3\xa9t\xc3\xa9,no/slash", &findings).tags,
      ElementsAre("a", "b", "a", "env:prod", "\xc3\xa9t\xc3\xa9"));
  EXPECT_THAT(findings, SizeIs(1));
}

TEST(AnnotationsTest, AServiceNamesItsPolicyItsKongIngressAndItsCertificates) {
  EXPECT_EQ(Service("konghq.com/upstream-policy", "p").upstream_policy, "p");
  EXPECT_EQ(Service("konghq.com/upstream-policy", "").upstream_policy, "");
  EXPECT_EQ(Service("konghq.com/override", "k").override_name, "k");
  EXPECT_THAT(Service("konghq.com/ca-certificates-configmaps", "a, b").ca_certificates_configmaps,
              ElementsAre("a", "b"));
}

TEST(AnnotationsTest, HostileValuesAreOnlyText) {
  std::string nul("a\0b,\xff\xfe", 6);
  EXPECT_THAT(Route("konghq.com/host-aliases", nul).host_aliases, IsEmpty());
  EXPECT_THAT(Route("konghq.com/methods", std::string(1 << 20, ',')).methods, IsEmpty());
}

}  // namespace
}  // namespace kong
