#include <string>

#include "engine/row.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "k8s/grpc_route.h"
#include "k8s/http_route.h"
#include "k8s/parse.h"
#include "k8s/stream_routes.h"

namespace k8s {
namespace {

using testing::SizeIs;

static_assert(engine::Row<HttpRoute> && engine::Row<GrpcRoute> && engine::Row<TcpRoute>);

template <class R>
R Parse(std::string_view json) {
  auto parsed = ParseObject<R>(json, {});
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? parsed->row : R();
}

TEST(RoutesTest, ReadsAnHttpRouteAndFillsInDefaults) {
  HttpRoute route = Parse<HttpRoute>(R"({"metadata": {"namespace": "n", "name": "r"}, "spec": {
      "parentRefs": [{"name": "gw", "port": 80}], "hostnames": ["h.example"],
      "rules": [{"name": "first",
        "matches": [{"headers": [{"name": "a", "value": "b.*", "type": "RegularExpression"}]},
                    {"path": {"type": "Exact", "value": "/x"}, "method": "GET",
                     "queryParams": [{"name": "q", "value": "1"}]}],
        "filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https"}},
                    {"type": "CORS", "cors": {"allowOrigins": ["*"], "allowCredentials": true}}],
        "backendRefs": [{"name": "s", "port": 80}, {"name": "t", "namespace": "o", "weight": 0}],
        "timeouts": {"backendRequest": "1s"}}, {}]}})");
  ASSERT_THAT(route.rules, SizeIs(2));
  const HttpRule& rule = route.rules[0];
  EXPECT_EQ(rule.matches[0].path, "/");
  EXPECT_EQ(rule.matches[0].path_type, HttpPathType::kPrefix);
  EXPECT_TRUE(rule.matches[0].headers[0].regex);
  EXPECT_EQ(rule.matches[1].path_type, HttpPathType::kExact);
  EXPECT_EQ(rule.matches[1].queries[0].name, "q");
  EXPECT_EQ(rule.filters[0].type(), FilterType::kRedirect);
  EXPECT_EQ(rule.filters[0].redirect.status, 302);
  EXPECT_TRUE(rule.filters[1].cors.credentials);
  EXPECT_EQ(rule.backends[0].kind.text(), "Service");
  EXPECT_EQ(rule.backends[0].weight, 1);
  EXPECT_EQ(rule.backends[1].weight, 0);
  EXPECT_EQ(rule.backend_timeout, "1s");
  EXPECT_THAT(route.rules[1].matches, SizeIs(1));
}

TEST(RoutesTest, ReadsAGrpcRoute) {
  GrpcRoute route = Parse<GrpcRoute>(R"({"metadata": {"namespace": "n", "name": "r"}, "spec": {
      "rules": [{"matches": [{"method": {"service": "s", "method": "m"}},
                             {"method": {"type": "RegularExpression", "service": "s.*"}},
                             {"headers": [{"name": "a", "value": "b"}]}]}]}})");
  const auto& matches = route.rules[0].matches;
  ASSERT_THAT(matches, SizeIs(3));
  EXPECT_TRUE(matches[0].has_method);
  EXPECT_EQ(matches[0].method, "m");
  EXPECT_TRUE(matches[1].regex);
  EXPECT_FALSE(matches[2].has_method);
}

TEST(RoutesTest, ReadsAStreamRoute) {
  TlsRoute route = Parse<TlsRoute>(R"({"metadata": {"namespace": "n", "name": "r"}, "spec": {
      "hostnames": ["h.example"], "rules": [{"name": "x", "backendRefs": [{"name": "s"}]}]}})");
  EXPECT_THAT(route.hostnames, SizeIs(1));
  EXPECT_EQ(route.rules[0].name, "x");
  EXPECT_EQ(route.rules[0].backends[0].port, 0);
}

TEST(RoutesTest, WrongTypesAreErrorsThatNameTheField) {
  auto parsed = ParseObject<HttpRoute>(
      R"({"metadata": {"namespace": "n", "name": "r"}, "spec": {"rules": [{"matches": 5}]}})", {});
  ASSERT_FALSE(parsed.ok());
  EXPECT_THAT(std::string(parsed.status().message()), testing::HasSubstr("spec.rules[0].matches"));
  EXPECT_FALSE(
      ParseObject<HttpRoute>(R"({"spec": {"rules": [{"backendRefs": [{"port": 70000}]}]}})", {})
          .ok());
}

}  // namespace
}  // namespace k8s
