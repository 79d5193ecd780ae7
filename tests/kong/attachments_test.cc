// What a route is attached to, asked of the rule itself: it is a function.
#include <string>
#include <string_view>
#include <vector>

#include "engine/text.h"
#include "gtest/gtest.h"
#include "io/yaml.h"
#include "kong/manifest.h"
#include "kong/rules/attachment_rules.h"

namespace kong {
namespace {

using engine::Cat;

struct Attached {
  std::vector<std::string> verdicts;   // By parent: its number and reason.
  std::vector<std::string> listeners;  // "gw/http a.example b.example".
  std::string hosts = "none";          // Of the AttachedRoute, if there is one.
  std::string ports;
};

class AttachmentsTest : public testing::Test {
 protected:
  AttachmentsTest() : graph_(engine::NewSerialExecutor()), g_(graph_, {}) {
    Apply(
        "{kind: GatewayClass, metadata: {name: kong}, spec: {controllerName: "
        "konghq.com/kic-gateway-controller}}");
    Apply("{kind: GatewayClass, metadata: {name: other}, spec: {controllerName: x.example/y}}");
    Apply("{kind: Namespace, metadata: {name: shop, labels: {team: a}}}");
  }

  void Apply(std::string_view yaml) {
    auto documents = io::YamlToJson(yaml, "test");
    ASSERT_TRUE(documents.ok()) << documents.status();
    for (const io::YamlDocument& document : *documents) {
      std::string json = document.json;
      const size_t kind = json.find("\"kind\"");
      auto header = k8s::PeekHeader(json);
      ASSERT_TRUE(header.ok() && kind != std::string::npos);
      json.insert(kind, Cat("\"apiVersion\": \"", ApiVersionOf(header->kind), "\", "));
      auto objects = ObjectsOf(json);
      ASSERT_TRUE(objects.ok()) << objects.status();
      for (const ManifestObject& object : *objects) {
        auto set = SetObject(g_, object);
        ASSERT_TRUE(set.ok() && *set) << set.status();
      }
    }
  }
  // A Gateway gw in the namespace infra, with these listeners.
  void ApplyGateway(std::string_view listeners) {
    Apply(
        Cat("{kind: Gateway, metadata: {namespace: infra, name: gw}, spec: {gatewayClassName: "
            "kong, listeners: [",
            listeners, "]}}"));
  }

  static k8s::ParentRef Parent(std::string_view name, std::string_view section = "",
                               int32_t port = 0) {
    k8s::ParentRef parent;
    parent.ns = Symbol("infra");
    parent.name = Symbol(name);
    parent.section_name = Symbol(section);
    parent.port = port;
    return parent;
  }

  Attached Attach(std::string_view kind, std::vector<k8s::ParentRef> parents,
                  const std::vector<std::string>& hosts = {}) {
    graph_.Step();
    RouteParents route{{Symbol(kind), Symbol("shop"), Symbol("r")}, 1, std::move(parents), {}};
    for (const std::string& host : hosts) route.hostnames.emplace_back(host);
    AttachmentGraph& a = g_.attachment;
    const std::vector<engine::IndexBase*> reads = {&a.our_gateways, &a.our_listener_sets,
                                                   &a.listeners_of_parent, &a.selections};
    engine::Looks looks;
    Reader read(reads, looks);
    std::vector<engine::Said> said;
    Emitter<AttachedRoute, Attachment, ParentVerdict> say(said);
    AttachRoute(g_, route, read, say);
    return Read(said);
  }

  static std::string TextOf(const std::vector<Symbol>& hosts) {
    std::string text;
    for (Symbol host : hosts) text += Cat(' ', host);
    return text;
  }
  static Attached Read(const std::vector<engine::Said>& said) {
    Attached out;
    for (const engine::Said& each : said) {
      const void* row = each.claim.row.get();
      if (each.table == 0) {
        const auto& attached = *static_cast<const AttachedRoute*>(row);
        out.hosts = TextOf(attached.hostnames);
        for (const ServedPort& port : attached.ports)
          out.ports += Cat(' ', NameOf(port.protocol), ':', port.port);
      } else if (each.table == 1) {
        const auto& attachment = *static_cast<const Attachment*>(row);
        out.listeners.push_back(Cat(attachment.listener.parent.name, '/', attachment.listener.name,
                                    TextOf(attachment.hostnames)));
      } else {
        const auto& verdict = *static_cast<const ParentVerdict*>(row);
        out.verdicts.push_back(Cat(verdict.nth, ' ', verdict.reason));
      }
    }
    return out;
  }
  using Texts = std::vector<std::string>;

  engine::Graph graph_;
  GatewayGraph g_;
};

constexpr std::string_view kAll = "allowedRoutes: {namespaces: {from: All}}";
std::string Http(std::string_view name, std::string_view more = "",
                 std::string_view allowed = kAll) {
  return Cat("{name: ", name, ", port: 80, protocol: HTTP, ", more, more.empty() ? "" : ", ",
             allowed, "}");
}

TEST_F(AttachmentsTest, ARouteWithoutHostsGetsThoseOfItsListeners) {
  ApplyGateway(Cat(Http("b", "hostname: b.example"), ",", Http("a", "hostname: a.example")));
  const Attached got = Attach("HTTPRoute", {Parent("gw")});
  EXPECT_EQ(got.verdicts, Texts{"0 Accepted"});
  EXPECT_EQ(got.hosts, " b.example a.example") << "in the order of the Gateway";
  EXPECT_EQ(got.ports, " HTTP:80");
}

TEST_F(AttachmentsTest, AListenerForEveryHostServesTheRouteForEveryHost) {
  ApplyGateway(Cat(Http("b", "hostname: b.example"), ",", Http("all")));
  EXPECT_EQ(Attach("HTTPRoute", {Parent("gw")}).hosts, "");
}

TEST_F(AttachmentsTest, HostsAreWhatRouteAndListenersHaveInCommon) {
  ApplyGateway(Cat(Http("w", "hostname: '*.example'"), ",", Http("x", "hostname: x.test")));
  const Attached got =
      Attach("HTTPRoute", {Parent("gw")}, {"a.example", "*.b.example", "*.test", "c.other"});
  EXPECT_EQ(got.hosts, " a.example *.b.example x.test");
  EXPECT_EQ(got.listeners, (Texts{"gw/w a.example *.b.example", "gw/x x.test"}));
}

TEST_F(AttachmentsTest, AWildcardThatTwoListenersNarrowGetsBothHostsOnce) {
  ApplyGateway(Cat(Http("a", "hostname: a.example"), ",", Http("b", "hostname: b.example")));
  EXPECT_EQ(Attach("HTTPRoute", {Parent("gw", "a"), Parent("gw")}, {"*.example"}).hosts,
            " a.example b.example");
}

TEST_F(AttachmentsTest, ARouteCountsOnceOnAListenerHoweverManyParentsLeadThere) {
  ApplyGateway(Http("a"));
  const Attached got = Attach("HTTPRoute", {Parent("gw"), Parent("gw", "a"), Parent("gw", "", 80)});
  EXPECT_EQ(got.listeners, Texts{"gw/a"});
  EXPECT_EQ(got.verdicts, (Texts{"0 Accepted", "1 Accepted", "2 Accepted"}));
}

TEST_F(AttachmentsTest, AParentSaysWhyItDoesNotAccept) {
  ApplyGateway(Cat(Http("a", "hostname: a.example"), ",", Http("same", "hostname: s.example", ""),
                   ",{name: udp, port: 53, protocol: UDP, ", kAll, "}"));
  struct Case {
    const char* kind;
    k8s::ParentRef parent;
    std::vector<std::string> hosts;
    const char* reason;
  };
  for (const Case& c : {Case{"HTTPRoute", Parent("gw", "nope"), {}, "NoMatchingParent"},
                        Case{"HTTPRoute", Parent("gw", "a", 81), {}, "NoMatchingParent"},
                        Case{"HTTPRoute", Parent("gw", "same"), {}, "NotAllowedByListeners"},
                        Case{"HTTPRoute", Parent("gw", "udp"), {}, "NotAllowedByListeners"},
                        Case{"TCPRoute", Parent("gw"), {}, "NotAllowedByListeners"},
                        Case{"HTTPRoute", Parent("gw"), {"x.other"}, "NoMatchingListenerHostname"},
                        Case{"UDPRoute", Parent("gw"), {}, "Accepted"},
                        Case{"GRPCRoute", Parent("gw"), {"a.example"}, "Accepted"}}) {
    EXPECT_EQ(Attach(c.kind, {c.parent}, c.hosts).verdicts, Texts{Cat("0 ", c.reason)})
        << c.kind << ' ' << c.parent.section_name.text();
  }
}

TEST_F(AttachmentsTest, ParentsThatAreNotOursSayNothing) {
  Apply(
      "{kind: Gateway, metadata: {namespace: infra, name: theirs}, spec: {gatewayClassName: "
      "other, listeners: [{name: a, port: 80, protocol: HTTP}]}}");
  ApplyGateway(Http("a"));
  k8s::ParentRef service = Parent("gw");
  service.group = Symbol();
  service.kind = Symbol("Service");
  const Attached got =
      Attach("HTTPRoute", {Parent("theirs"), Parent("missing"), service, Parent("gw")});
  EXPECT_EQ(got.verdicts, Texts{"3 Accepted"});
}

TEST_F(AttachmentsTest, NamespacesAreChosenByTheirLabels) {
  for (bool chosen : {true, false}) {
    ApplyGateway(Http("a", "",
                      Cat("allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: "
                          "{team: ",
                          chosen ? "a" : "b", "}}}}")));
    EXPECT_EQ(Attach("HTTPRoute", {Parent("gw")}).verdicts,
              Texts{chosen ? "0 Accepted" : "0 NotAllowedByListeners"});
  }
}

TEST_F(AttachmentsTest, KindsThatAListenerDoesNotAllowStayOut) {
  ApplyGateway(
      "{name: a, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}, kinds: "
      "[{kind: GRPCRoute}]}}");
  EXPECT_EQ(Attach("HTTPRoute", {Parent("gw")}).verdicts, Texts{"0 NotAllowedByListeners"});
  EXPECT_EQ(Attach("GRPCRoute", {Parent("gw")}).verdicts, Texts{"0 Accepted"});
}

TEST_F(AttachmentsTest, TlsRoutesWantPassthroughAndHttpRoutesTermination) {
  ApplyGateway(Cat("{name: pass, port: 443, protocol: TLS, tls: {mode: Passthrough}, ", kAll,
                   "},{name: end, port: 8443, protocol: TLS, tls: {mode: Terminate}, ", kAll,
                   "},{name: web, port: 9443, protocol: HTTPS, tls: {mode: Terminate}, ", kAll,
                   "}"));
  EXPECT_EQ(Attach("TLSRoute", {Parent("gw")}, {"a.example"}).listeners,
            Texts{"gw/pass a.example"});
  EXPECT_EQ(Attach("TLSRoute", {Parent("gw", "end")}, {"a.example"}).verdicts,
            Texts{"0 NotAllowedByListeners"});
  EXPECT_EQ(Attach("HTTPRoute", {Parent("gw")}).ports, " HTTPS:9443");
}

TEST_F(AttachmentsTest, AListenerThatDoesNotWorkCountsItsRoutesAndServesNone) {
  ApplyGateway(
      Cat("{name: web, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: missing}]}, ",
          kAll, "}"));
  const Attached got = Attach("HTTPRoute", {Parent("gw")});
  EXPECT_EQ(got.verdicts, Texts{"0 Accepted"});
  EXPECT_EQ(got.listeners, Texts{"gw/web"});
  EXPECT_EQ(got.hosts, "none") << "there is no AttachedRoute";
}

TEST_F(AttachmentsTest, AListenerSetIsAParentOfItsOwn) {
  Apply(
      "{kind: Gateway, metadata: {namespace: infra, name: gw}, spec: {gatewayClassName: kong, "
      "allowedListeners: {namespaces: {from: Same}}, listeners: [{name: http, port: 80, protocol: "
      "HTTP, hostname: a.example}]}}");
  Apply(
      "{kind: ListenerSet, metadata: {namespace: infra, name: more}, spec: {parentRef: {name: gw}, "
      "listeners: [{name: http, port: 80, protocol: HTTP, hostname: b.example, allowedRoutes: "
      "{namespaces: {from: All}}}]}}");
  Apply(
      "{kind: ListenerSet, metadata: {namespace: shop, name: out}, spec: {parentRef: {namespace: "
      "infra, name: gw}, listeners: [{name: http, port: 80, protocol: HTTP, hostname: "
      "c.example}]}}");
  k8s::ParentRef more = Parent("more"), out = Parent("out");
  more.kind = out.kind = Symbol("ListenerSet");
  out.ns = Symbol("shop");
  const Attached got = Attach("HTTPRoute", {more, out, Parent("gw")});
  EXPECT_EQ(got.verdicts, (Texts{"0 Accepted", "1 NoMatchingParent", "2 NotAllowedByListeners"}));
  EXPECT_EQ(got.hosts, " b.example") << "not those of its Gateway";
}

}  // namespace
}  // namespace kong
