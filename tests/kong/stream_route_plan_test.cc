#include "kong/stream_route_plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

k8s::StreamRoute Route() {
  k8s::StreamRoute route;
  route.meta.id = {Symbol("shop"), Symbol("db")};
  k8s::RouteBackend& backend = route.rules.emplace_back().backends.emplace_back();
  backend.kind = Symbol("Service");
  backend.name = Symbol("db");
  backend.port = 5432;
  return route;
}

GatewayRoutePlan Plan(std::string_view kind, const k8s::StreamRoute& route, ServedPort port,
                      std::vector<Symbol> hostnames = {}) {
  AttachedRoute attached;
  attached.hostnames = std::move(hostnames);
  attached.ports = {port};
  Options options;
  auto may_refer = [](const Referent&) { return true; };
  auto find_facade = [](const ObjectName&) -> const Facade* { return nullptr; };
  return PlanStreamRoute(kind, route, {options, attached, may_refer, find_facade});
}

TEST(StreamRoutePlanTest, ATcpRouteIsToldApartByItsPort) {
  GatewayRoutePlan plan =
      Plan("TCPRoute", Route(), {k8s::ListenerProtocol::kTcp, k8s::TlsMode::kNone, 9000});
  ASSERT_THAT(plan.routes, SizeIs(1));
  EXPECT_EQ(plan.routes[0].name, "tcproute.shop.db.0.0");
  EXPECT_THAT(plan.routes[0].destinations, ElementsAre(9000));
  EXPECT_EQ(plan.routes[0].expression, "net.dst.port == 9000");
}

TEST(StreamRoutePlanTest, ATlsRouteIsToldApartByItsName) {
  GatewayRoutePlan plan =
      Plan("TLSRoute", Route(), {k8s::ListenerProtocol::kTls, k8s::TlsMode::kPassthrough, 443},
           {Symbol("a.example"), Symbol("*.b.example")});
  ASSERT_THAT(plan.routes, SizeIs(1));
  EXPECT_THAT(plan.routes[0].protocols, ElementsAre("tls_passthrough"));
  EXPECT_EQ(plan.routes[0].expression, R"((tls.sni == "a.example") || (tls.sni =^ ".b.example"))");
}

TEST(StreamRoutePlanTest, WithoutPortNameOrBackendThereIsNoRoute) {
  ServedPort http{k8s::ListenerProtocol::kHttp, k8s::TlsMode::kNone, 80};
  EXPECT_THAT(Plan("UDPRoute", Route(), http).routes, IsEmpty());
  EXPECT_THAT(Plan("TLSRoute", Route(), http).routes, IsEmpty());
  k8s::StreamRoute route = Route();
  route.rules[0].backends.clear();
  ServedPort tcp{k8s::ListenerProtocol::kTcp, k8s::TlsMode::kNone, 80};
  EXPECT_THAT(Plan("TCPRoute", route, tcp).routes, IsEmpty());
}

}  // namespace
}  // namespace kong
