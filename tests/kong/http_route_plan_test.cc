#include "kong/http_route_plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

using k8s::HttpMatch;
using k8s::HttpPathType;
using k8s::HttpRoute;
using k8s::HttpRule;
using k8s::RouteBackend;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

RouteBackend Backend(std::string_view name, int32_t weight = 1) {
  RouteBackend backend;
  backend.kind = Symbol("Service");
  backend.name = Symbol(name);
  backend.port = 80;
  backend.weight = weight;
  return backend;
}

HttpMatch Path(std::string path) {
  HttpMatch match;
  match.path = std::move(path);
  return match;
}

HttpRule Rule(std::vector<HttpMatch> matches, std::vector<RouteBackend> backends) {
  HttpRule rule;
  rule.matches = std::move(matches);
  rule.backends = std::move(backends);
  return rule;
}

HttpRoute Route(std::vector<HttpRule> rules) {
  HttpRoute route;
  route.meta.id = {Symbol("shop"), Symbol("web")};
  route.parents.emplace_back();
  route.rules = std::move(rules);
  return route;
}

AttachedRoute OnHttp(std::vector<Symbol> hostnames = {}) {
  AttachedRoute attached;
  attached.hostnames = std::move(hostnames);
  attached.ports = {{k8s::ListenerProtocol::kHttp, k8s::TlsMode::kNone, 80}};
  return attached;
}

GatewayRoutePlan Plan(const HttpRoute& route, const Options& options,
                      const AttachedRoute& attached = OnHttp()) {
  auto may_refer = [](const Referent& to) { return to.id.ns == Symbol("shop"); };
  static const Facade kFacade{{Symbol("shop"), Symbol("front")}, Symbol("x"), 80};
  auto find_facade = [](const ObjectName& id) { return id == kFacade.id ? &kFacade : nullptr; };
  return PlanHttpRoute(route, {options, attached, may_refer, find_facade});
}

std::vector<std::string> NamesOf(const GatewayRoutePlan& plan) {
  std::vector<std::string> names;
  for (const PlannedRoute& route : plan.routes) names.push_back(route.name);
  return names;
}
std::vector<std::string> ServicesOf(const GatewayRoutePlan& plan) {
  std::vector<std::string> names;
  for (const PlannedService& service : plan.services) names.push_back(service.key.KongName());
  return names;
}

TEST(HttpRoutePlanTest, RulesWithTheSameBackendsShareAServiceAndARoute) {
  HttpRoute route =
      Route({Rule({Path("/a")}, {Backend("x"), Backend("y")}), Rule({Path("/b")}, {Backend("z")}),
             Rule({Path("/c")}, {Backend("y"), Backend("x")})});
  GatewayRoutePlan plan = Plan(route, {});
  EXPECT_THAT(ServicesOf(plan), ElementsAre("httproute.shop.web.0", "httproute.shop.web.1"));
  EXPECT_THAT(NamesOf(plan), ElementsAre("httproute.shop.web.0.0", "httproute.shop.web.1.0"));
  EXPECT_THAT(plan.routes[0].paths, ElementsAre("~/a$", "/a/", "~/c$", "/c/"));
}

TEST(HttpRoutePlanTest, DistinctTimeoutsHaveDistinctServices) {
  HttpRoute route = Route({Rule({Path("/a")}, {Backend("x")}), Rule({Path("/b")}, {Backend("x")}),
                           Rule({Path("/c")}, {Backend("x")})});
  route.rules[1].backend_timeout = "500ms";
  route.rules[2].backend_timeout = "0s";
  GatewayRoutePlan plan = Plan(route, {});
  ASSERT_THAT(plan.services, SizeIs(3));
  EXPECT_EQ(plan.services[0].form.timeout_ms, std::nullopt);
  EXPECT_EQ(plan.services[1].form.timeout_ms, 500);
  EXPECT_EQ(plan.services[2].form.timeout_ms, 2'147'483'646);
}

TEST(HttpRoutePlanTest, EachHostOfEachMatchIsARouteOfTheExpressionsFlavour) {
  HttpRoute route = Route({Rule({Path("/a"), Path("/b")}, {Backend("x")})});
  GatewayRoutePlan plan =
      Plan(route, {.expressions = true}, OnHttp({Symbol("h.example"), Symbol("*.w.example")}));
  EXPECT_THAT(
      NamesOf(plan),
      ElementsAre("httproute.shop.web.h.example.0.0", "httproute.shop.web._.w.example.0.0",
                  "httproute.shop.web.h.example.0.1", "httproute.shop.web._.w.example.0.1"));
  EXPECT_EQ(plan.routes[1].expression,
            R"((http.host =^ ".w.example") && ((http.path == "/a") || (http.path ^= "/a/")))");
}

TEST(HttpRoutePlanTest, AQueryMatchIsLeftOutAlone) {
  HttpRoute route = Route({Rule({Path("/a"), Path("/b")}, {Backend("x")})});
  route.rules[0].matches[0].queries = {{"q", "1", false, ""}};
  GatewayRoutePlan plan = Plan(route, {});
  EXPECT_THAT(NamesOf(plan), ElementsAre("httproute.shop.web.0.1"));
  EXPECT_EQ(plan.rules_left_out, 1u);
  EXPECT_EQ(plan.invalid_reason, "UnsupportedValue");
}

TEST(HttpRoutePlanTest, ARuleWithAFilterThatIsUnknownIsNotServedWithoutIt) {
  HttpRoute route = Route({Rule({Path("/a")}, {Backend("x")}), Rule({Path("/b")}, {Backend("x")})});
  route.rules[0].filters.emplace_back().type_text = "RequestMirror";
  GatewayRoutePlan plan = Plan(route, {});
  EXPECT_THAT(NamesOf(plan), ElementsAre("httproute.shop.web.1.0"));
}

TEST(HttpRoutePlanTest, BackendsOfOtherNamespacesNeedPermission) {
  RouteBackend other = Backend("y");
  other.ns = Symbol("bank");
  GatewayRoutePlan plan = Plan(Route({Rule({Path("/a")}, {Backend("x"), other})}), {});
  ASSERT_THAT(plan.services, SizeIs(1));
  EXPECT_THAT(plan.services[0].backends, SizeIs(1));
  EXPECT_EQ(plan.refs_reason, "RefNotPermitted");
}

TEST(HttpRoutePlanTest, AFacadeStandsForThePortOfAService) {
  RouteBackend front = Backend("front", 3), gone = Backend("gone");
  for (RouteBackend* each : {&front, &gone}) {
    each->group = Symbol("incubator.ingress-controller.konghq.com");
    each->kind = Symbol("KongServiceFacade");
    each->port = 0;
  }
  const HttpRoute route = Route({Rule({Path("/a")}, {Backend("x"), front, gone})});
  GatewayRoutePlan plan = Plan(route, {.kong_service_facade = true});
  ASSERT_THAT(plan.services, SizeIs(1));
  ASSERT_THAT(plan.services[0].backends, SizeIs(2));
  const ServiceBackend& backend = plan.services[0].backends[1];
  EXPECT_EQ(backend.service.text(), "x");
  EXPECT_EQ(backend.facade.text(), "front");
  EXPECT_EQ(backend.port_number, 80);
  EXPECT_EQ(backend.weight, 3);
  EXPECT_EQ(plan.refs_reason, "BackendNotFound");

  plan = Plan(route, {});
  EXPECT_THAT(plan.services[0].backends, SizeIs(1)) << "without the feature gate";
  EXPECT_EQ(plan.refs_reason, "InvalidKind");

  const HttpRoute alone = Route({Rule({Path("/a")}, {front})});
  EXPECT_THAT(ServicesOf(Plan(alone, {.kong_service_facade = true, .combined_services = true})),
              ElementsAre("httproute.shop.svc.shop.front.svc.facade.3"));
}

TEST(HttpRoutePlanTest, CombinedServicesAreNamedAfterTheirBackends) {
  Options options{.combined_services = true};
  EXPECT_THAT(
      ServicesOf(Plan(Route({Rule({Path("/a")}, {Backend("y", 2), Backend("x")})}), options)),
      ElementsAre("httproute.shop.svc.shop.x.80.1_shop.y.80.2"));
  EXPECT_THAT(ServicesOf(Plan(Route({Rule({Path("/a")}, {})}), options)),
              ElementsAre("httproute.shop.svc._"));
  std::vector<RouteBackend> many(16, Backend(std::string(63, 'x')));
  std::string name = ServicesOf(Plan(Route({Rule({Path("/a")}, many)}), options))[0];
  EXPECT_THAT(name, testing::HasSubstr("_combined."));
  EXPECT_LE(name.size(), 511u);
}

TEST(HttpRoutePlanTest, MatchesThatARedirectMustTellApartAreRoutesOfTheirOwn) {
  HttpRoute route = Route({Rule({Path("/a"), Path("/b")}, {})});
  k8s::RouteFilter& filter = route.rules[0].filters.emplace_back();
  filter.type_text = "RequestRedirect";
  filter.redirect.hostname = "h.example";
  EXPECT_THAT(NamesOf(Plan(route, {})),
              ElementsAre("httproute.shop.web.0.0", "httproute.shop.web.0.1"));
}

TEST(HttpRoutePlanTest, PortsOfParentsAreCriteriaIfEachParentSaysOne) {
  HttpRoute route = Route({Rule({Path("/")}, {Backend("x")})});
  route.parents[0].port = 80;
  EXPECT_EQ(Plan(route, {.expressions = true}).routes[0].expression,
            R"((http.path ^= "/") && (net.dst.port == 80))");
  route.parents.emplace_back();
  EXPECT_EQ(Plan(route, {.expressions = true}).routes[0].expression, R"(http.path ^= "/")");
}

TEST(HttpRoutePlanTest, WithoutRulesThereIsNothing) {
  GatewayRoutePlan plan = Plan(Route({}), {});
  EXPECT_THAT(plan.routes, IsEmpty());
  EXPECT_FALSE(plan.findings.empty());
}

}  // namespace
}  // namespace kong
