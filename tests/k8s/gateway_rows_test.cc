// Rows of the Gateway API, and label selectors.
#include <string>

#include "engine/row.h"
#include "gtest/gtest.h"
#include "k8s/gateway.h"
#include "k8s/gateway_class.h"
#include "k8s/listener_set.h"
#include "k8s/parse.h"
#include "k8s/reference_grant.h"
#include "k8s/selector.h"

namespace k8s {
namespace {

using engine::Symbol;

static_assert(engine::Row<Gateway> && engine::Row<GatewayClass>);
static_assert(engine::Row<ListenerSet> && engine::Row<ReferenceGrant>);

template <class R>
R Parse(const std::string& spec) {
  auto parsed = ParseObject<R>(
      R"({"metadata": {"namespace": "infra", "name": "x"}, "spec": )" + spec + "}", {});
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? parsed->row : R();
}
template <class R>
std::string ErrorOf(const std::string& spec) {
  auto parsed = ParseObject<R>(
      R"({"metadata": {"namespace": "infra", "name": "x"}, "spec": )" + spec + "}", {});
  return parsed.ok() ? "no error" : std::string(engine::MessageOf(parsed.status()));
}

TEST(GatewayClassTest, KnowsItsController) {
  EXPECT_EQ(Parse<GatewayClass>(R"({"controllerName": "example.com/c"})").controller,
            "example.com/c");
  EXPECT_EQ(ErrorOf<GatewayClass>(R"({"controllerName": 1})"),
            "infra/x: spec.controllerName: expected a string");
}

TEST(GatewayTest, ReadsEveryFieldOfAListener) {
  const Gateway gateway = Parse<Gateway>(R"({
    "gatewayClassName": "kong",
    "allowedListeners": {"namespaces": {"from": "Same"}},
    "listeners": [{
      "name": "https", "hostname": "*.example.com", "port": 443, "protocol": "HTTPS",
      "tls": {"mode": "Terminate", "certificateRefs": [
          {"name": "a"}, {"group": "core", "kind": "Secret", "namespace": "other", "name": "b"},
          {"group": "", "kind": "ConfigMap", "name": "c"}]},
      "allowedRoutes": {
        "kinds": [{"kind": "HTTPRoute"}, {"group": "", "kind": "Service"}],
        "namespaces": {"from": "Selector", "selector": {"matchLabels": {"env": "prod"}}}}}]})");
  EXPECT_EQ(gateway.class_name, Symbol("kong"));
  EXPECT_EQ(gateway.listener_sets.from, NamespacesFrom::kSame);
  ASSERT_EQ(gateway.listeners.size(), 1u);
  const Listener& listener = gateway.listeners[0];
  EXPECT_EQ(listener.name, Symbol("https"));
  EXPECT_EQ(listener.hostname, Symbol("*.example.com"));
  EXPECT_EQ(listener.port, 443);
  EXPECT_EQ(listener.protocol, ListenerProtocol::kHttps);
  EXPECT_EQ(listener.tls, TlsMode::kTerminate);
  ASSERT_EQ(listener.certificates.size(), 3u);
  EXPECT_TRUE(listener.certificates[0].IsSecret());
  EXPECT_TRUE(listener.certificates[1].IsSecret());
  EXPECT_EQ(listener.certificates[1].ns, Symbol("other"));
  EXPECT_FALSE(listener.certificates[2].IsSecret());
  ASSERT_EQ(listener.kinds.size(), 2u);
  EXPECT_EQ(listener.kinds[0].GroupText(), kGatewayGroup);
  EXPECT_EQ(listener.kinds[1].GroupText(), "");
  EXPECT_EQ(listener.namespaces.from, NamespacesFrom::kSelector);
  EXPECT_EQ(listener.namespaces.selector->Text(), "env in (prod)");
}

TEST(GatewayTest, FillsInWhatTheApiServerWould) {
  const Gateway gateway = Parse<Gateway>(R"({"listeners": [
    {"name": "a", "port": 80, "protocol": "HTTP"},
    {"name": "b", "port": 443, "protocol": "HTTPS", "tls": {"certificateRefs": []}},
    {"name": "c", "port": 443, "protocol": "TLS", "tls": {"mode": "Passthrough"}},
    {"name": "d", "port": 99, "protocol": "example.com/x", "tls": null}]})");
  EXPECT_EQ(gateway.listener_sets.from, NamespacesFrom::kNone);
  ASSERT_EQ(gateway.listeners.size(), 4u);
  EXPECT_EQ(gateway.listeners[0].tls, TlsMode::kNone);
  EXPECT_EQ(gateway.listeners[0].namespaces.from, NamespacesFrom::kSame);
  EXPECT_EQ(gateway.listeners[1].tls, TlsMode::kTerminate);
  EXPECT_EQ(gateway.listeners[2].tls, TlsMode::kPassthrough);
  EXPECT_EQ(gateway.listeners[3].protocol, ListenerProtocol::kOther);
  EXPECT_EQ(gateway.listeners[3].tls, TlsMode::kNone);
}

TEST(GatewayTest, SaysWhereATypeIsWrong) {
  EXPECT_EQ(ErrorOf<Gateway>(R"({"listeners": {}})"), "infra/x: spec.listeners: expected an array");
  EXPECT_EQ(ErrorOf<Gateway>(R"({"listeners": [{"port": "80"}]})").substr(0, 32),
            "infra/x: spec.listeners[0].port:");
  EXPECT_EQ(ErrorOf<Gateway>(R"({"listeners": [{"tls": {"certificateRefs": 1}}]})").substr(0, 47),
            "infra/x: spec.listeners[0].tls.certificateRefs:");
}

TEST(ListenerSetTest, KnowsItsGateway) {
  const ListenerSet set = Parse<ListenerSet>(
      R"({"parentRef": {"name": "gw"}, "listeners": [{"name": "a", "port": 80, "protocol": "HTTP"}]})");
  EXPECT_EQ(set.parent.GroupText(), kGatewayGroup);
  EXPECT_EQ(set.parent.KindText(), "Gateway");
  EXPECT_EQ(set.parent.NameFrom(Symbol("infra")).Text(), "infra/gw");
  EXPECT_EQ(set.listeners.size(), 1u);
  const ListenerSet away = Parse<ListenerSet>(
      R"({"parentRef": {"group": "", "kind": "X", "namespace": "n", "name": "gw"}})");
  EXPECT_EQ(away.parent.GroupText(), "");
  EXPECT_EQ(away.parent.KindText(), "X");
  EXPECT_EQ(away.parent.NameFrom(Symbol("infra")).Text(), "n/gw");
}

TEST(ReferenceGrantTest, ReadsBothSides) {
  const ReferenceGrant grant = Parse<ReferenceGrant>(R"({
    "from": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "namespace": "infra"}],
    "to": [{"group": "", "kind": "Secret", "name": "tls"}, {"kind": "Service"}]})");
  ASSERT_EQ(grant.from.size(), 1u);
  EXPECT_EQ(grant.from[0].ns, Symbol("infra"));
  ASSERT_EQ(grant.to.size(), 2u);
  EXPECT_EQ(grant.to[0].name, Symbol("tls"));
  EXPECT_TRUE(grant.to[1].name.empty());
  EXPECT_TRUE(ReferenceGrant::kType.IsServedAs("gateway.networking.k8s.io/v1beta1"));
  EXPECT_FALSE(ReferenceGrant::kType.IsServedAs("gateway.networking.k8s.io/v1alpha2"));
}

struct SelectorCase {
  std::string name, selector;
  std::string text;
  bool selects;  // env=prod, team=a, and a label without a value.
};

class SelectorTest : public testing::TestWithParam<SelectorCase> {};

TEST_P(SelectorTest, SelectsWhatKubernetesWould) {
  const Gateway gateway =
      Parse<Gateway>(R"({"allowedListeners": {"namespaces": {"from": "Selector", "selector": )" +
                     GetParam().selector + "}}}");
  TextMap labels;
  labels.Set(Symbol("env"), "prod");
  labels.Set(Symbol("team"), "a");
  labels.Set(Symbol("bare"), "");
  ASSERT_TRUE(gateway.listener_sets.selector);
  EXPECT_EQ(gateway.listener_sets.selector->Text(), GetParam().text);
  EXPECT_EQ(gateway.listener_sets.selector->Selects(labels), GetParam().selects);
}

INSTANTIATE_TEST_SUITE_P(
    All, SelectorTest,
    testing::Values(
        SelectorCase{"Everything", "{}", "", true},
        SelectorCase{"Label", R"({"matchLabels": {"env": "prod"}})", "env in (prod)", true},
        SelectorCase{"LabelOfAnotherValue", R"({"matchLabels": {"env": "dev"}})", "env in (dev)",
                     false},
        SelectorCase{"AllOfSeveral", R"({"matchLabels": {"team": "b", "env": "prod"}})",
                     "env in (prod),team in (b)", false},
        SelectorCase{"EmptyValue", R"({"matchLabels": {"bare": ""}})", "bare in ()", true},
        SelectorCase{
            "In",
            R"({"matchExpressions": [{"key": "env", "operator": "In", "values": ["x", "prod"]}]})",
            "env in (prod,x)", true},
        SelectorCase{
            "NotIn",
            R"({"matchExpressions": [{"key": "env", "operator": "NotIn", "values": ["prod"]}]})",
            "env notin (prod)", false},
        SelectorCase{
            "NotInWithoutTheLabel",
            R"({"matchExpressions": [{"key": "zone", "operator": "NotIn", "values": ["z"]}]})",
            "zone notin (z)", true},
        SelectorCase{"Exists", R"({"matchExpressions": [{"key": "bare", "operator": "Exists"}]})",
                     "bare", true},
        SelectorCase{"DoesNotExist",
                     R"({"matchExpressions": [{"key": "bare", "operator": "DoesNotExist"}]})",
                     "!bare", false},
        SelectorCase{"InWithoutValues",
                     R"({"matchExpressions": [{"key": "env", "operator": "In"}]})", "(invalid)",
                     false},
        SelectorCase{
            "ExistsWithValues",
            R"({"matchExpressions": [{"key": "env", "operator": "Exists", "values": ["a"]}]})",
            "(invalid)", false},
        SelectorCase{"UnknownOperator",
                     R"({"matchExpressions": [{"key": "env", "operator": "Gt", "values": ["1"]}]})",
                     "(invalid)", false},
        SelectorCase{"ValueThatNoLabelHas", R"({"matchLabels": {"env": "a,b"}})", "(invalid)",
                     false}),
    [](const auto& of) { return of.param.name; });

}  // namespace
}  // namespace k8s
