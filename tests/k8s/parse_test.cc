#include "k8s/parse.h"

#include <string>
#include <vector>

#include "engine/row.h"
#include "engine/text.h"
#include "gmock/gmock.h"
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

using engine::Cat;
using engine::MessageOf;
using engine::Symbol;
using std::string_view_literals::operator""sv;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const ParseOptions kOptions{{"example.com/", "kubernetes.io/ingress.class"}, {"example.com/"}};

constexpr std::string_view kIngress = R"(
     {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
     "metadata": {
       "name": "cart", "namespace": "shop", "uid": "3e6c", "resourceVersion": "812", "generation": 4,
       "creationTimestamp": "2026-01-02T03:04:05Z",
       "labels": {"example.com/team": "a", "app": "cart"},
       "annotations": {"example.com/b": "2",
         "kubectl.kubernetes.io/last-applied-configuration": "{}", "example.com/a": "1"},
       "managedFields": [{"manager": "kubectl", "fieldsV1": {"f:spec": {}}}]},
     "spec": {
       "ingressClassName": "kong",
       "defaultBackend": {"resource": {"apiGroup": "example.com", "kind": "Facade", "name": "all"}},
       "rules": [{"host": "shop.example.com", "http": {"paths": [
         {"path": "/cart", "pathType": "Prefix", "backend": {"service": {"name": "cart", "port": {"number": 80}}}},
         {"backend": {"service": {"name": "cart", "port": {"name": "web"}}}}]}}, {"host": "*.example.com"}],
       "tls": [{"hosts": ["shop.example.com", "example.com"], "secretName": "tls"}]},
     "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}})";

TEST(ParseObjectTest, ReadsAnIngress) {
  auto parsed = ParseObject<Ingress>(kIngress, kOptions);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const Ingress& row = parsed->row;
  EXPECT_EQ(parsed->resource_version, "812");
  EXPECT_EQ(row.meta.id.Text(), "shop/cart");
  EXPECT_EQ(row.meta.uid, "3e6c");
  EXPECT_EQ(row.meta.generation, 4);
  EXPECT_EQ(row.meta.created_s, 1767323045);
  EXPECT_EQ(row.meta.labels.size(), 1u);
  ASSERT_EQ(row.meta.annotations.size(), 2u);
  EXPECT_EQ(row.meta.annotations.all[0].first.text(), "example.com/a");
  EXPECT_EQ(row.class_name, Symbol("kong"));
  ASSERT_TRUE(row.default_backend);
  EXPECT_TRUE(row.default_backend->has_resource);
  EXPECT_FALSE(row.default_backend->has_service);
  EXPECT_EQ(row.default_backend->resource_kind, Symbol("Facade"));
  ASSERT_EQ(row.rules.size(), 2u);
  ASSERT_EQ(row.rules[0].paths.size(), 2u);
  EXPECT_EQ(row.rules[0].paths[0].path, "/cart");
  EXPECT_EQ(row.rules[0].paths[0].type, PathType::kPrefix);
  EXPECT_EQ(row.rules[0].paths[0].backend.port_number, 80);
  EXPECT_EQ(row.rules[0].paths[1].type, PathType::kUnset);
  EXPECT_EQ(row.rules[0].paths[1].backend.port_name, Symbol("web"));
  EXPECT_EQ(row.rules[1].host, Symbol("*.example.com"));
  ASSERT_EQ(row.tls.size(), 1u);
  EXPECT_THAT(row.tls[0].hosts, ElementsAre(Symbol("shop.example.com"), Symbol("example.com")));
}

TEST(ParseObjectTest, AChangeOfStatusOnlyGivesAnEqualRow) {
  std::string churned(kIngress);
  churned.replace(churned.find("812"), 3, "999");
  churned.replace(churned.find("192.0.2.1"), 9, "192.0.2.2");
  auto before = ParseObject<Ingress>(kIngress, kOptions),
       after = ParseObject<Ingress>(churned, kOptions);
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_TRUE(engine::EqualRows(before->row, after->row));
  EXPECT_EQ(after->resource_version, "999");
}

TEST(ParseObjectTest, ReadsAService) {
  auto parsed = ParseObject<Service>(R"({"metadata":{"name":"cart","namespace":"shop"},"spec":{
    "type":"NodePort","clusterIP":"None","ports":[
      {"name":"web","protocol":"TCP","port":80,"targetPort":8080,"appProtocol":"http"},
      {"name":"dns","protocol":"UDP","port":53,"targetPort":"dns"}]}})",
                                     kOptions);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const Service& row = parsed->row;
  EXPECT_EQ(row.type, ServiceType::kNodePort);
  EXPECT_TRUE(row.headless());
  ASSERT_EQ(row.ports.size(), 2u);
  EXPECT_EQ(row.ports[0].target_number, 8080);
  EXPECT_EQ(row.ports[0].app_protocol, Symbol("http"));
  EXPECT_EQ(row.ports[1].protocol, Protocol::kUdp);
  EXPECT_EQ(row.ports[1].target_name, Symbol("dns"));
}

TEST(ParseObjectTest, ResolvesConditionsOfEndpointsAsTheApiDefinesThem) {
  auto parsed = ParseObject<EndpointSlice>(R"({"metadata":{"name":"cart-1","namespace":"shop",
    "labels":{"kubernetes.io/service-name":"cart"}},"addressType":"IPv6","endpoints":[
      {"addresses":["2001:db8::1","2001:db8::2"]},
      {"addresses":["2001:db8::3"],"conditions":{"ready":null,"serving":false,"terminating":null}},
      {"addresses":["2001:db8::4"],"conditions":{"ready":false}},
      {"addresses":["2001:db8::5"],"conditions":{"ready":false,"serving":true,"terminating":true}},
      {"addresses":[]}],
    "ports":[{"name":"web","port":8080},{"name":null,"protocol":"UDP","port":null}]})",
                                           kOptions);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const EndpointSlice& row = parsed->row;
  EXPECT_EQ(row.service_key().Text(), "shop/cart");
  EXPECT_EQ(row.address_type, AddressType::kIpv6);
  std::vector<std::string> seen;
  for (size_t i = 0; i < row.endpoints.size(); ++i) {
    const Endpoint e = row.endpoints[i];
    seen.push_back(Cat(e.address, ' ', e.ready + 0, e.serving + 0, e.terminating + 0));
  }
  EXPECT_THAT(seen, ElementsAre("2001:db8::1 110", "2001:db8::3 100", "2001:db8::4 000",
                                "2001:db8::5 011"));
  ASSERT_EQ(row.ports.size(), 2u);
  EXPECT_EQ(row.ports[0].number, 8080);
  EXPECT_EQ(row.ports[1].number, std::nullopt);
  EXPECT_NE(row.FindPort(Symbol("web"), Protocol::kTcp), nullptr);
  EXPECT_EQ(row.FindPort(Symbol("web"), Protocol::kUdp), nullptr);
}

TEST(ParseObjectTest, DecodesSecretsAndLetsStringDataWin) {
  auto parsed = ParseObject<Secret>(
      R"({"metadata":{"name":"tls","namespace":"shop"},"type":"kubernetes.io/tls",
    "stringData":{"b":"text"},"data":{"b":"AAEC","a":"aGVs\nbG8=","empty":""}})",
      kOptions);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed->row.Find("a"), "hello");
  EXPECT_EQ(*parsed->row.Find("b"), "text");
  EXPECT_EQ(*parsed->row.Find("empty"), "");
  EXPECT_EQ(parsed->row.Find("c"), nullptr);
  EXPECT_EQ(parsed->row.data[0].first, "a");
}

TEST(ParseObjectTest, ABadSecretValueIsNotShown) {
  auto parsed = ParseObject<Secret>(
      R"({"metadata":{"name":"tls","namespace":"shop"},"data":{"key":"canary!"}})", kOptions);
  EXPECT_EQ(MessageOf(parsed.status()), "shop/tls: data.key: expected base64");
}

TEST(ParseObjectTest, ReadsTheSmallKinds) {
  auto klass = ParseObject<IngressClass>(R"({"metadata":{"name":"kong",
    "annotations":{"ingressclass.kubernetes.io/is-default-class":"true"}},"spec":{"controller":"example.com/c",
    "parameters":{"apiGroup":"g","kind":"K","name":"n","scope":"Namespace","namespace":"ns"}}})",
                                         kOptions);
  ASSERT_TRUE(klass.ok()) << klass.status();
  EXPECT_TRUE(klass->row.is_default);
  EXPECT_EQ(klass->row.parameters->ns, Symbol("ns"));

  auto parameters = ParseObject<IngressClassParameters>(
      R"({"metadata":{"name":"p","namespace":"ns"},"spec":{"serviceUpstream":true}})", kOptions);
  ASSERT_TRUE(parameters.ok()) << parameters.status();
  EXPECT_TRUE(parameters->row.service_upstream);

  auto ns =
      ParseObject<Namespace>(R"({"metadata":{"name":"shop","labels":{"any":"label"}}})", kOptions);
  ASSERT_TRUE(ns.ok()) << ns.status();
  EXPECT_TRUE(ns->row.meta.labels.Has("any", "label"));

  auto partial = ParseObject<PartialObjectMetadata>(
      R"({"metadata":{"name":"s","resourceVersion":"7"}})", kOptions);
  ASSERT_TRUE(partial.ok()) << partial.status();
  EXPECT_EQ(partial->row.resource_version, "7");
}

struct BadCase {
  std::string_view name, json, message;
};
class BadIngressTest : public ::testing::TestWithParam<BadCase> {};

TEST_P(BadIngressTest, NamesObjectAndField) {
  auto parsed = ParseObject<Ingress>(GetParam().json, kOptions);
  ASSERT_FALSE(parsed.ok());
  EXPECT_THAT(std::string(MessageOf(parsed.status())), HasSubstr(std::string(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadIngressTest,
    ::testing::Values(
        BadCase{
            "WrongArray",
            R"({"metadata":{"name":"cart","namespace":"shop"},"spec":{"rules":[{},{},{"http":{"paths":{}}}]}})",
            "shop/cart: spec.rules[2].http.paths: expected an array"},
        BadCase{
            "SpecBeforeMetadata",
            R"({"spec":{"rules":7},"metadata":{"labels":{"a":"b"},"name":"cart","namespace":"shop"}})",
            "shop/cart: spec.rules: expected an array"},
        BadCase{"WrongString",
                R"({"metadata":{"name":"cart","namespace":"shop"},"spec":{"rules":[{"host":5}]}})",
                "shop/cart: spec.rules[0].host: expected a string"},
        BadCase{
            "PortTooLarge",
            R"({"metadata":{"name":"c"},"spec":{"defaultBackend":{"service":{"port":{"number":65536}}}}})",
            "c: spec.defaultBackend.service.port.number: 65536 is not between 0 and 65535"},
        BadCase{
            "PortNegative",
            R"({"metadata":{"name":"c"},"spec":{"defaultBackend":{"service":{"port":{"number":-1}}}}})",
            "-1 is not between 0 and 65535"},
        BadCase{
            "PortFraction",
            R"({"metadata":{"name":"c"},"spec":{"defaultBackend":{"service":{"port":{"number":80.0}}}}})",
            "number: expected an integer"},
        BadCase{
            "PortHuge",
            R"({"metadata":{"name":"c"},"spec":{"defaultBackend":{"service":{"port":{"number":99999999999999999999}}}}})",
            "number: expected an integer"},
        BadCase{
            "PortText",
            R"({"metadata":{"name":"c"},"spec":{"defaultBackend":{"service":{"port":{"number":"80"}}}}})",
            "number: expected an integer"},
        BadCase{"BadTime", R"({"metadata":{"name":"c","creationTimestamp":"yesterday"}})",
                "expected a time"},
        BadCase{"NoName", R"({"metadata":{"namespace":"shop"}})", "metadata.name: missing"},
        BadCase{"NoMetadata", R"({})", "metadata.name: missing"},
        BadCase{"Array", R"([])", "expected an object"},
        BadCase{"Scalar", R"(7)", "expected an object"}, BadCase{"Empty", "", "broken JSON"},
        BadCase{"Blank", "  \n", "broken JSON"},
        BadCase{"Truncated", R"({"metadata":{"name":"c"},"spec":{"rules":[{"host":"a"})",
                "broken JSON"},
        BadCase{"Trailing", R"({"metadata":{"name":"c"}} {})", "broken JSON"},
        BadCase{"TrailingBrace", R"({"metadata":{"name":"c"}}})", "broken JSON"},
        BadCase{"Unbalanced", R"({"metadata":{"name":"c"},"spec":{"rules":[}]})",
                "expected an object"},
        BadCase{"RawNul", std::string_view("{\"metadata\":{\"name\":\"a\0b\"}}", 27),
                "broken JSON"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(ParseObjectTest, RepeatedMembersAreDecodedOnTopOfEachOther) {
  auto parsed = ParseObject<Ingress>(
      R"({"metadata":{"name":"old","namespace":"shop","annotations":{"example.com/a":"1","example.com/b":"2"}},
    "spec":{"ingressClassName":"x","rules":[{"host":"a"},{"host":"b"}]},
    "metadata":{"name":"new","name":null,"annotations":{"example.com/a":"3","example.com/c":null}},
    "spec":{"ingressClassName":null,"rules":[{"host":"c"}]}})",
      kOptions);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->row.meta.id.Text(), "shop/new");
  EXPECT_EQ(*parsed->row.meta.annotations.Find("example.com/a"), "3");
  EXPECT_EQ(*parsed->row.meta.annotations.Find("example.com/b"), "2");
  EXPECT_EQ(*parsed->row.meta.annotations.Find("example.com/c"), "");
  EXPECT_EQ(parsed->row.class_name, std::nullopt);
  ASSERT_EQ(parsed->row.rules.size(), 1u);
  EXPECT_EQ(parsed->row.rules[0].host, Symbol("c"));
}

TEST(ParseObjectTest, MemberNamesMatchExactlyAndEscapesCount) {
  auto parsed = ParseObject<Ingress>(
      R"({"Metadata":{"name":"x"},"metadata":{"n\u0061me":"a\u0000\ud83d\ude00"}})", kOptions);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->row.meta.name().text(), std::string_view("a\0\xf0\x9f\x98\x80", 6));
}

TEST(ParseObjectTest, BytesThatAreNotUtf8BecomeReplacementCharacters) {
  auto parsed =
      ParseObject<Ingress>("{\"metadata\":{\"name\":\"a\xff\xe2\x82\xed\xa0\x80z\"}}", kOptions);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const std::string r = "\xef\xbf\xbd";
  EXPECT_EQ(parsed->row.meta.name().text(), Cat("a", r, r, r, r, r, r, "z"));
}

TEST(ParseObjectTest, DepthOfSkippedMembersCostsNothing) {
  const size_t depth = 200000;
  const std::string deep = Cat(R"({"metadata":{"name":"c","managedFields":)",
                               std::string(depth, '['), std::string(depth, ']'), "}}");
  EXPECT_TRUE(ParseObject<Ingress>(deep, kOptions).ok());
}

TEST(ParseObjectTest, TenThousandRulesAndManyAnnotationsAreRead) {
  std::string json = R"({"metadata":{"name":"c","annotations":{)";
  for (int i = 0; i < 20000; ++i)
    json += Cat(i ? "," : "", "\"example.com/", 20000 - i, "\":\"", i, '"');
  json += R"(}},"spec":{"rules":[)";
  for (int i = 0; i < 10000; ++i) json += Cat(i ? "," : "", "{\"host\":\"h", i, ".example.com\"}");
  auto parsed = ParseObject<Ingress>(json + "]}}", kOptions);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->row.rules.size(), 10000u);
  EXPECT_EQ(parsed->row.meta.annotations.size(), 20000u);
}

TEST(ParseObjectTest, EveryTruncationIsAnError) {
  for (size_t n = 0; n < kIngress.size(); ++n) {
    EXPECT_FALSE(ParseObject<Ingress>(kIngress.substr(0, n), kOptions).ok()) << n;
  }
}

// How many readers took the text.
template <class R>
size_t ReadAll(std::string_view json) {
  std::vector<R> rows;
  std::vector<BadObject> bad;
  const std::string list = Cat(R"({"items":[)", json, ",", json, "]}");
  const std::string event = Cat(R"({"type":"ADDED","object":)", json, "}");
  return size_t{ParseObject<R>(json, kOptions).ok()} +
         size_t{ParseListPage<R>(list, kOptions, rows, bad).ok()} +
         size_t{ParseWatchEvent<R>(event, kOptions).ok()};
}

// For the sanitizers and simdjson's own assertions: whatever comes, no reader leaves its text.
TEST(ParseObjectTest, NoDamageToATextDoesMoreThanFail) {
  uint64_t x = 1;
  const auto random = [&x](size_t below) {
    x = x * 6364136223846793005u + 1442695040888963407u;
    return static_cast<size_t>(x >> 33) % below;
  };
  constexpr std::string_view kBytes = "{}[]\",:\\0-9.e+tfn ux\0\xff\n"sv;
  size_t taken = 0;
  for (int i = 0; i < 1000; ++i) {
    std::string json(kIngress.substr(kIngress.find('{')));
    for (size_t edits = 1 + random(3); edits > 0; --edits) {
      const size_t at = random(json.size());
      switch (random(4)) {
        case 0:
          json[at] = kBytes[random(kBytes.size())];
          break;
        case 1:
          json.erase(at, 1 + random(8));
          break;
        case 2:
          json.insert(at, 1, kBytes[random(kBytes.size())]);
          break;
        default:
          json.insert(at, json.substr(random(json.size()), random(40)));
      }
    }
    taken += ReadAll<Ingress>(json) + ReadAll<Service>(json) + ReadAll<EndpointSlice>(json) +
             ReadAll<Secret>(json);
    taken += size_t{ExpandObjects(Cat(R"({"kind":"List","items":[)", json, "]}")).ok()};
    EXPECT_EQ(ParseApiStatus(500, json).retry_after_s, std::nullopt);
  }
  EXPECT_GT(taken, 0u);
}

TEST(ParseListPageTest, ReadsItemsWithoutKinds) {
  std::vector<Service> rows;
  std::vector<BadObject> bad;
  auto meta = ParseListPage<Service>(R"({"kind":"ServiceList","apiVersion":"v1",
    "metadata":{"resourceVersion":"10","continue":"abc","remainingItemCount":3},
    "items":[{"metadata":{"name":"a","namespace":"x"}},{"metadata":{"name":"b","namespace":"x"}}]})",
                                     kOptions, rows, bad);
  ASSERT_TRUE(meta.ok()) << meta.status();
  EXPECT_EQ(meta->resource_version, "10");
  EXPECT_EQ(meta->continue_token, "abc");
  EXPECT_EQ(meta->remaining, 3);
  EXPECT_EQ(rows.size(), 2u);
  EXPECT_TRUE(bad.empty());
}

TEST(ParseListPageTest, NullItemsAreNone) {
  std::vector<Service> rows;
  std::vector<BadObject> bad;
  EXPECT_TRUE(ParseListPage<Service>(R"({"metadata":{},"items":null})", kOptions, rows, bad).ok());
  EXPECT_TRUE(rows.empty());
}

TEST(ParseListPageTest, BrokenJsonLosesThePageAndAppendsNothing) {
  std::vector<Service> rows(1);
  std::vector<BadObject> bad;
  for (std::string_view json : {R"({"items":[{"metadata":{"name":"a"}},{"metadata":{"name":)",
                                R"({"items":{}})", R"({"metadata":{}})", R"(<html>)",
                                R"({"items":[{"metadata":{"name":"a"}}],"metadata":7})"}) {
    EXPECT_FALSE(ParseListPage<Service>(json, kOptions, rows, bad).ok()) << json;
    EXPECT_EQ(rows.size(), 1u) << json;
  }
}

// Replaces each scalar of an object by a value of a wrong type, one at a time, and puts the result
// between two good items: whatever is wrong inside, its neighbours arrive.
TEST(ParseListPageTest, ABadItemNeverLosesItsNeighbours) {
  const std::string good(kIngress);
  size_t broken = 0;
  for (size_t at = 0; at < good.size(); ++at) {
    if (good[at] != ':') continue;
    for (std::string_view wrong : {"[[1,{}],2]", "{\"a\":{\"b\":[]}}", "7", "\"text\"", "true",
                                   "1.5", "-1e9", "99999999999"}) {
      // The member's value gets the wrong type by an additional member of the same name behind it.
      const size_t name_end = good.rfind('"', at);
      const size_t name_begin = good.rfind('"', name_end - 1);
      const size_t spot = good.find_first_not_of(' ', at + 1);
      if (name_begin == std::string::npos || good[at - 1] != '"') continue;
      std::string item = good;
      item.insert(spot, Cat(wrong, ",", good.substr(name_begin, name_end + 1 - name_begin), ":"));
      std::vector<Ingress> rows;
      std::vector<BadObject> bad;
      const std::string page = Cat(R"({"items":[{"metadata":{"name":"first"}},)", item,
                                   R"(,{"metadata":{"name":"last"}}]})");
      auto meta = ParseListPage<Ingress>(page, kOptions, rows, bad);
      ASSERT_TRUE(meta.ok()) << meta.status() << "\n" << item;
      ASSERT_EQ(rows.size() + bad.size(), 3u) << item;
      EXPECT_EQ(rows.front().meta.name().text(), "first");
      EXPECT_EQ(rows.back().meta.name().text(), "last");
      if (!bad.empty()) {
        ++broken;
        if (bad[0].id.name) {
          EXPECT_THAT(std::string(MessageOf(bad[0].why)), HasSubstr(bad[0].id.Text()));
        }
      }
    }
  }
  EXPECT_GT(broken, 100u);
}

TEST(ParseListPageTest, ABadItemIsNamedOrPlaced) {
  std::vector<Service> rows;
  std::vector<BadObject> bad;
  auto meta = ParseListPage<Service>(
      R"({"items":[{"spec":{"ports":7},"metadata":{"namespace":"shop","name":"cart"}},
      5, {"metadata":{"name":7}}, {"metadata":{"name":"ok"}}]})",
      kOptions, rows, bad);
  ASSERT_TRUE(meta.ok()) << meta.status();
  ASSERT_EQ(bad.size(), 3u);
  EXPECT_EQ(MessageOf(bad[0].why), "shop/cart: spec.ports: expected an array");
  EXPECT_EQ(bad[0].id.Text(), "shop/cart");
  EXPECT_EQ(MessageOf(bad[1].why), "items[1]: expected an object");
  EXPECT_EQ(MessageOf(bad[2].why), "items[2]: metadata.name: expected a string");
  EXPECT_EQ(rows.size(), 1u);
}

TEST(ParseWatchEventTest, ReadsEachType) {
  auto added = ParseWatchEvent<Service>(
      R"({"type":"ADDED","object":{"metadata":{"name":"a","namespace":"x","resourceVersion":"5"}}})",
      kOptions);
  ASSERT_TRUE(added.ok()) << added.status();
  EXPECT_EQ(added->type, WatchEventType::kAdded);
  EXPECT_EQ(added->row.meta.id.Text(), "x/a");
  EXPECT_EQ(added->resource_version, "5");

  auto bookmark = ParseWatchEvent<Service>(
      R"({"type":"BOOKMARK","object":{"kind":"Service","metadata":{"resourceVersion":"9",
      "annotations":{"k8s.io/initial-events-end":"true"}},"spec":{}}})",
      kOptions);
  ASSERT_TRUE(bookmark.ok()) << bookmark.status();
  EXPECT_EQ(bookmark->resource_version, "9");
  EXPECT_TRUE(bookmark->initial_events_end);

  auto error = ParseWatchEvent<Service>(
      R"({"type":"ERROR","object":{"kind":"Status","status":"Failure","reason":"Expired",
      "message":"too old","code":410,"details":{"retryAfterSeconds":2}}})",
      kOptions);
  ASSERT_TRUE(error.ok()) << error.status();
  EXPECT_EQ(error->error.code, 410);
  EXPECT_EQ(error->error.reason, "Expired");
  EXPECT_EQ(error->error.retry_after_s, 2);
}

TEST(ParseWatchEventTest, TheTypeMayComeBehindTheObject) {
  auto event = ParseWatchEvent<Service>(R"({"object":{"metadata":{"name":"a"}},"type":"DELETED"})",
                                        kOptions);
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->type, WatchEventType::kDeleted);
  EXPECT_EQ(event->row.meta.name().text(), "a");
}

TEST(ParseWatchEventTest, ABadObjectIsAnEventThatNamesIt) {
  auto event = ParseWatchEvent<Service>(
      R"({"type":"MODIFIED","object":{"metadata":{"name":"a","namespace":"x","resourceVersion":"5"},"spec":7}})",
      kOptions);
  ASSERT_TRUE(event.ok()) << event.status();
  ASSERT_TRUE(event->bad);
  EXPECT_EQ(event->bad->id.Text(), "x/a");
  EXPECT_EQ(event->resource_version, "5");
}

TEST(ParseWatchEventTest, WhatIsNoEventIsAnError) {
  for (std::string_view line :
       {"", "{}", R"({"type":"ADDED"})", R"({"type":"PING","object":{}})",
        R"({"type":7,"object":{}})", R"({"type":"ADDED","object":{"metadata":)", "<html>", "[]"}) {
    EXPECT_FALSE(ParseWatchEvent<Service>(line, kOptions).ok()) << line;
  }
}

TEST(ParseApiStatusTest, FallsBackToTheBeginningOfTheBody) {
  EXPECT_EQ(
      ParseApiStatus(403, R"({"kind":"Status","reason":"Forbidden","message":"no","code":403})")
          .reason,
      "Forbidden");
  const ApiStatus plain = ParseApiStatus(404, "404 page not found\n");
  EXPECT_EQ(plain.code, 404);
  EXPECT_EQ(plain.reason, "");
  EXPECT_EQ(plain.message, "404 page not found");
  EXPECT_EQ(ParseApiStatus(500, "").message, "");
}

TEST(ExpandObjectsTest, TakesListsApart) {
  auto objects = ExpandObjects(R"({"apiVersion":"v1","kind":"List","items":[
    {"apiVersion":"v1","kind":"Service","metadata":{"name":"a","namespace":"x"}} ,
    {"apiVersion":"networking.k8s.io/v1","kind":"IngressList","items":[{"metadata":{"name":"b"}}]}]})");
  ASSERT_TRUE(objects.ok()) << objects.status();
  ASSERT_EQ(objects->size(), 2u);
  EXPECT_EQ(objects->at(0).header.kind, "Service");
  EXPECT_EQ(objects->at(0).header.id.Text(), "x/a");
  EXPECT_TRUE(ParseObject<Service>(objects->at(0).json, kOptions).ok());
  EXPECT_EQ(objects->at(1).header.kind, "Ingress");
  EXPECT_EQ(objects->at(1).header.api_version, "networking.k8s.io/v1");
  EXPECT_TRUE(ParseObject<Ingress>(objects->at(1).json, kOptions).ok());
}

TEST(ExpandObjectsTest, RefusesWhatHasNoKindAndListsWithoutEnd) {
  EXPECT_THAT(std::string(MessageOf(ExpandObjects(R"({"metadata":{"name":"a"}})").status())),
              HasSubstr("a: kind: missing"));
  std::string nested = R"({"kind":"Service","metadata":{"name":"a"}})";
  for (int i = 0; i < 9; ++i) nested = Cat(R"({"kind":"List","items":[)", nested, "]}");
  EXPECT_THAT(std::string(MessageOf(ExpandObjects(nested).status())), HasSubstr("nested deeper"));
}

}  // namespace
}  // namespace k8s
