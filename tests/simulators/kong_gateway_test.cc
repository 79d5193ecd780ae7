#include "tools/simulators/kong_gateway.h"

#include <string>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/simulators/exchange_recorder.h"
#include "tools/simulators/certificate_maker.h"
#include "tools/simulators/digest.h"

namespace simulators {
namespace {

using engine::Cat;
using testing::HasSubstr;

constexpr char kZeros[] = "00000000000000000000000000000000";

Json Shop() {
  return {{"_format_version", "3.0"},
          {"services", {{{"name", "shop"}, {"host", "shop.svc"}, {"port", 80}}}},
          {"routes", {{{"name", "shop"}, {"service", "shop"}, {"paths", {"/"}}}}},
          {"upstreams", {{{"name", "shop.svc"}}}},
          {"targets", {{{"upstream", "shop.svc"}, {"target", "10.0.0.1:80"}}}}};
}

class KongGatewayTest : public testing::Test {
 protected:
  void SetUp() override { Start({}); }
  void Start(KongGatewayOptions options) {
    auto gateway = KongGateway::Create(clock_, std::move(options));
    ASSERT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
  }
  std::shared_ptr<Recorded> Post(const std::string& body, const std::string& type = "text/yaml",
                                 const std::string& query = "check_hash=1&flatten_errors=1") {
    return Exchange(*gateway_, {"POST", "/config?" + query, body, {{"Content-Type", type}}});
  }
  std::shared_ptr<Recorded> Post(const Json& config) { return Post(DumpJson(config)); }
  std::shared_ptr<Recorded> Get(const std::string& target) {
    return Exchange(*gateway_, {"GET", target, "", {}});
  }
  void Command(const std::string& json, int status = 200) {
    EXPECT_EQ(Exchange(*gateway_, {"POST", "/_simulator/faults", json, {}})->status, status)
        << json;
  }
  std::string Hash() { return std::string(TextAt(Get("/status")->json(), "configuration_hash")); }
  // The verdicts of a refused configuration, as "field: message".
  std::vector<std::string> Verdicts(const Json& config) {
    std::vector<std::string> out;
    auto answer = Post(config);
    EXPECT_EQ(answer->status, 400);
    Json body = answer->json();
    for (const Json& row : body["flattened_errors"]) {
      for (const Json& error : row["errors"]) {
        out.push_back(Cat(TextAt(error, "field"), ": ", TextAt(error, "message")));
      }
    }
    return out;
  }

  ManualClock clock_;
  std::unique_ptr<KongGateway> gateway_;
};

TEST_F(KongGatewayTest, ShowsWhoItIs) {
  Json root = Get("/")->json();
  EXPECT_EQ(root["version"], "3.9.3");
  EXPECT_EQ(root["edition"], "community");
  EXPECT_EQ(root["configuration"]["database"], "off");
  EXPECT_EQ(root["configuration"]["router_flavor"], "traditional_compatible");
  EXPECT_TRUE(root["plugins"]["available_on_server"].contains("key-auth"));
}

TEST_F(KongGatewayTest, GroupsOfConsumersAreOfTheEnterpriseEdition) {
  const Json config = {
      {"_format_version", "3.0"},
      {"consumers", {{{"username", "ann"}}}},
      {"consumer_groups", {{{"name", "gold"}}}},
      {"consumer_group_consumers", {{{"consumer", "ann"}, {"consumer_group", "gold"}}}}};
  EXPECT_EQ(Post(config)->status, 400);
  Start({.edition = "enterprise"});
  EXPECT_EQ(Post(config)->status, 201);
  Json rows = Get("/consumer_group_consumers")->json()["data"];
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0]["consumer"]["id"], Get("/consumers/ann")->json()["id"]);
}

TEST_F(KongGatewayTest, ItsHashIsZerosUntilThereIsAnEntity) {
  EXPECT_EQ(Hash(), kZeros);
  EXPECT_EQ(Post(Json{{"_format_version", "3.0"}})->status, 201);
  EXPECT_EQ(Hash(), kZeros);
  std::string text = DumpJson(Shop());
  EXPECT_EQ(Post(text)->status, 201);
  EXPECT_EQ(Hash(), Md5Hex(text));
  EXPECT_EQ(Post(text)->status, 304);
  EXPECT_EQ(Post(text, "text/yaml", "")->status, 201);
}

TEST_F(KongGatewayTest, ReadsYamlAndJsonInEveryWrapping) {
  std::string yaml = "_format_version: '3.0'\nservices:\n- name: a\n  host: b\n";
  EXPECT_EQ(Post(yaml)->status, 201);
  EXPECT_EQ(Post(yaml, "application/yaml; charset=utf-8")->status, 304);
  Json wrapped = {{"config", yaml + "\n"}};
  EXPECT_EQ(Post(DumpJson(wrapped), "application/json")->status, 201);
  EXPECT_EQ(Hash(), Md5Hex(yaml + "\n"));
  EXPECT_EQ(Post("{", "application/json")->json()["message"], "Cannot parse JSON body");
  EXPECT_EQ(Post(DumpJson(Shop()), "application/json", "check_hash=1&wat=1")->status, 400);
}

TEST_F(KongGatewayTest, ShowsEntitiesWithDefaultsAndResolvedReferences) {
  ASSERT_EQ(Post(Shop())->status, 201);
  Json route = Get("/routes/shop")->json();
  EXPECT_EQ(route["service"]["id"], Get("/services/shop")->json()["id"]);
  EXPECT_EQ(route["strip_path"], true);
  EXPECT_EQ(Get("/services/shop")->json()["retries"], 5);
  EXPECT_EQ(Get("/upstreams/shop.svc/targets")->json()["data"][0]["weight"], 100);
  EXPECT_EQ(Get("/services/shop/routes")->json()["data"].size(), 1u);
  EXPECT_EQ(Get("/services/ghost")->status, 404);
  EXPECT_EQ(Get("/gizmos")->status, 404);
}

TEST_F(KongGatewayTest, ListsComeInPages) {
  Json config = {{"_format_version", "3.0"}};
  for (int at = 0; at < 25; ++at) {
    config["services"].push_back({{"name", Cat("s", at)}, {"host", "h"}});
  }
  ASSERT_EQ(Post(config)->status, 201);
  size_t seen = 0;
  std::string next = "/services?size=10";
  for (int pages = 0; !next.empty() && pages < 9; ++pages) {
    Json page = Get(next)->json();
    seen += page["data"].size();
    next = TextAt(page, "next");
  }
  EXPECT_EQ(seen, 25u);
}

TEST_F(KongGatewayTest, WhatItReturnsCanBePostedBack) {
  ASSERT_EQ(Post(Shop())->status, 201);
  Entities before = gateway_->loaded();
  std::string text(TextAt(Get("/config")->json(), "config"));
  ASSERT_EQ(Post(text)->status, 201);
  EXPECT_EQ(gateway_->loaded(), before);
}

TEST_F(KongGatewayTest, DerivesTheIdsThatKongDerives) {
  struct Case {
    const char* entity;
    Json row;
    const char* id;
  };
  const Case cases[] = {
      {"services", {{"name", "foo"}}, "2933fbcc-9d7c-54a7-a984-fe2bde836cea"},
      {"routes", {{"name", "foo"}}, "fb94a9b8-3f5e-525c-b38d-61aa1cbaa69c"},
      {"consumers", {{"username", "bob"}}, "def4f7d3-9863-5ad2-8fa9-c949bf26f55e"},
      {"plugins", {{"name", "rate-limiting"}}, "8328de13-9a5c-5a91-8f06-fb4062fec696"},
      {"targets",
       {{"upstream", "u1"}, {"target", "10.0.0.1:80"}},
       "dab5f2ab-35ca-544c-b37a-278e77eb7421"},
      {"vaults", {{"prefix", "my-env"}}, "3dc3bf8d-e9b4-576c-af74-01619966a0d0"},
      {"certificates", {{"cert", "x"}}, ""},
      {"keyauth_credentials", {{"key", "k"}}, ""}};
  KongSchemas schemas = KongSchemas::Facts(RouterFlavor::kTraditionalCompatible);
  for (const Case& one : cases)
    EXPECT_EQ(DeriveId(schemas, one.entity, one.row), one.id) << one.entity;
}

TEST_F(KongGatewayTest, RefusesWhatKongRefuses) {
  struct Case {
    const char* what;
    const char* entity;
    Json row;
    const char* verdict;
  };
  auto route = [](Json fields) {
    Json row = {{"name", "r"}, {"paths", {"/"}}};
    row.update(fields);
    return row;
  };
  auto service = [](Json fields) {
    Json row = {{"name", "s"}, {"host", "h"}};
    row.update(fields);
    return row;
  };
  const Case cases[] = {
      {"empty segments", "routes", route({{"paths", {"/a//b"}}}),
       "paths.1: must not have empty segments"},
      {"dots", "routes", route({{"paths", {"/a/../b"}}}),
       "paths.1: non-normalized path, consider use '/b' instead"},
      {"space", "routes", route({{"paths", {"/my%20path/123/"}}}),
       "paths.1: non-normalized path, consider use '/my path/123/' instead"},
      {"regex", "routes", route({{"paths", {"~/a(b"}}}),
       "paths.1: invalid regex: '/a(b' (PCRE returned: pcre2_compile() failed: missing closing "
       "parenthesis in \"/a(b\")"},
      {"two wildcards", "routes", route({{"hosts", {"*.a.*"}}}),
       "hosts.1: invalid wildcard: must have at most one wildcard"},
      {"inner wildcard", "routes", route({{"hosts", {"a.*.b"}}}),
       "hosts.1: invalid wildcard: must be placed at leftmost or rightmost label"},
      {"no match",
       "routes",
       {{"name", "r"}},
       ": must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is "
       "'https'"},
      {"grpc methods", "routes", route({{"protocols", {"grpc"}}, {"methods", {"GET"}}}),
       "methods: cannot set 'methods' when 'protocols' is 'grpc' or 'grpcs'"},
      {"tcp paths", "routes", route({{"protocols", {"tcp"}}, {"snis", {"a"}}}),
       "paths: cannot set 'paths' when 'protocols' is 'tcp', 'tls', 'tls_passthrough' or 'udp'"},
      {"mixed protocols", "routes", route({{"protocols", {"http", "tcp"}}}),
       "protocols: these sets are mutually exclusive: ('http', 'https'), ('tcp', 'tls', 'udp')"},
      {"lower method", "routes", route({{"methods", {"get"}}}), "methods.1: invalid value: get"},
      {"host header", "routes", route({{"headers", {{"Host", {"a"}}}}}),
       "headers.Host: cannot contain 'host' header, which must be specified in the 'hosts' "
       "attribute"},
      {"timeout", "services", service({{"read_timeout", 0}}),
       "read_timeout: value should be between 1 and 2147483646"},
      {"empty name", "services", service({{"name", ""}}), "name: length must be at least 1"},
      {"type", "services", service({{"port", "80"}}), "port: expected an integer"},
      {"no host", "services", {{"name", "s"}}, "host: required field missing"},
      {"name", "services", service({{"name", "a b"}}),
       "name: invalid value 'a b': the only accepted ascii characters are alphanumerics or ., -, "
       "_, and ~"},
      {"target",
       "targets",
       {{"upstream", "u"}, {"target", "a b"}},
       "target: Invalid target ('a b'); not a valid hostname or ip address"},
      {"consumer", "consumers", Json::object(),
       ": at least one of these fields must be non-empty: 'custom_id', 'username'"},
      {"certificate",
       "ca_certificates",
       {{"cert", MakeCertificate({"a", "1", false}).certificate}},
       ": certificate does not appear to be a CA because it is missing the \"CA\" basic "
       "constraint"},
      {"redirect",
       "plugins",
       {{"name", "redirect"}, {"config", {{"location", "/x"}}}},
       "config.location: missing host in url"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.what);
    EXPECT_THAT(Verdicts({{"_format_version", "3.0"}, {one.entity, {one.row}}}),
                testing::Contains(one.verdict));
  }
}

TEST_F(KongGatewayTest, ChecksThatFieldsFitTogether) {
  Json config = Shop();
  config["services"][0]["tls_verify"] = true;
  EXPECT_THAT(Verdicts(config),
              testing::UnorderedElementsAre(
                  "tls_verify: value must be null",
                  ": failed conditional validation given value of field 'protocol'"));
  config["services"][0]["protocol"] = "https";
  EXPECT_EQ(Post(config)->status, 201);
}

TEST_F(KongGatewayTest, ChecksThatKeysFitCertificates) {
  PemPair one = MakeCertificate({"a.example", "1", false});
  PemPair two = MakeCertificate({"a.example", "2", false});
  auto config = [](const PemPair& cert, const PemPair& key) -> Json {
    return {{"_format_version", "3.0"},
            {"certificates", {{{"cert", cert.certificate}, {"key", key.key}}}}};
  };
  EXPECT_EQ(Post(config(one, one))->status, 201);
  EXPECT_THAT(Verdicts(config(one, two)), testing::ElementsAre(": certificate does not match key"));
}

TEST_F(KongGatewayTest, HoistsNestedChildrenAndFindsTheirErrors) {
  Json config = {
      {"_format_version", "3.0"},
      {"services",
       {{{"name", "s"}, {"host", "h"}, {"routes", {{{"name", "r"}, {"paths", {"/"}}}}}}}}};
  ASSERT_EQ(Post(config)->status, 201);
  EXPECT_EQ(Get("/routes/r")->json()["service"]["id"], Get("/services/s")->json()["id"]);
  config["services"][0]["routes"][0]["paths"][0] = "x";
  Json flat = Post(config)->json()["flattened_errors"];
  ASSERT_EQ(flat.size(), 1u);
  EXPECT_EQ(flat[0]["entity_type"], "route");
  EXPECT_FALSE(flat[0]["entity"].contains("service"));
  Json plain = Post(DumpJson(config), "text/yaml", "")->json();
  EXPECT_EQ(plain["fields"]["services"][0]["routes"][0]["paths"][0],
            "should start with: / (fixed path) or ~/ (regex path)");
}

TEST_F(KongGatewayTest, LosesDanglingReferencesWhenItFlattens) {
  Json config = Shop();
  config["routes"][0]["service"] = "ghost";
  Json flat = Post(config)->json();
  EXPECT_EQ(flat["message"], "declarative config is invalid: {}");
  EXPECT_EQ(flat["flattened_errors"], Json::object());
  Json plain = Post(DumpJson(config), "text/yaml", "")->json();
  EXPECT_THAT(DumpJson(plain),
              HasSubstr("invalid reference 'service: ghost' (no such entry in 'services')"));
}

TEST_F(KongGatewayTest, ARefusedConfigurationChangesNothing) {
  ASSERT_EQ(Post(Shop())->status, 201);
  std::string hash = Hash();
  Json bad = Shop();
  bad["services"][0]["port"] = 70000;
  EXPECT_EQ(Post(bad)->status, 400);
  EXPECT_EQ(Hash(), hash);
  EXPECT_EQ(Get("/services/shop")->json()["port"], 80);
}

TEST_F(KongGatewayTest, ExpressionsAreOfTheirFlavourOnly) {
  Json config = {
      {"_format_version", "3.0"},
      {"routes", {{{"name", "r"}, {"expression", "http.path == \"/\""}, {"priority", 1}}}}};
  EXPECT_EQ(Post(config)->status, 400);
  Start({.flavor = RouterFlavor::kExpressions});
  EXPECT_EQ(Post(config)->status, 201);
  config["routes"][0]["expression"] = "";
  EXPECT_EQ(Post(config)->status, 400);
}

TEST_F(KongGatewayTest, BodiesBeyondNginxsLimitsFailInTwoWays) {
  Start({.max_body_bytes = 2000, .body_buffer_bytes = 1000});
  std::string text = DumpJson(Shop());
  EXPECT_EQ(Post(text + std::string(2000, ' '))->status, 413);
  EXPECT_EQ(Post(text + std::string(800, ' '))->json()["message"],
            "expected a declarative configuration");
  EXPECT_EQ(Post(text + std::string(800, ' '), "application/json")->json()["message"],
            "Cannot parse JSON body");
}

TEST_F(KongGatewayTest, ALoadTakesItsTimeAndLocksOthersOut) {
  gateway_->SetPace(absl::Seconds(10'000));
  auto first = Post(Shop());
  EXPECT_EQ(first->status, 0);
  EXPECT_EQ(Hash(), kZeros);
  auto second = Post(Shop());
  EXPECT_EQ(second->status, 429);
  EXPECT_EQ(second->headers.Find("Retry-After"), "10");
  clock_.Advance(absl::Minutes(1));
  EXPECT_EQ(first->status, 201);
  EXPECT_NE(Hash(), kZeros);
  ASSERT_EQ(gateway_->history().size(), 2u);
  EXPECT_GT(gateway_->history()[1].ended - gateway_->history()[1].began, absl::Seconds(1));
}

TEST_F(KongGatewayTest, ARestartForgetsOrKeeps) {
  ASSERT_EQ(Post(Shop())->status, 201);
  std::string hash = Hash();
  int restarts = 0;
  gateway_->OnRestart([&] { ++restarts; });
  gateway_->Restart(/*keep=*/true);
  EXPECT_EQ(Hash(), hash);
  Command(R"({"restart":"empty"})");
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Hash(), kZeros);
  EXPECT_TRUE(gateway_->loaded().empty());
  EXPECT_EQ(restarts, 2);
}

TEST_F(KongGatewayTest, ARestartEndsALoadThatIsUnderWay) {
  gateway_->SetPace(absl::Seconds(10'000));
  auto load = Post(Shop());
  gateway_->Restart(/*keep=*/false);
  clock_.Advance(absl::Minutes(1));
  EXPECT_TRUE(load->dropped);
  EXPECT_EQ(Hash(), kZeros);
}

TEST_F(KongGatewayTest, SomebodyElseCanConfigureIt) {
  Json foreign = {{"_format_version", "3.0"}, {"services", {{{"name", "x"}, {"host", "y"}}}}};
  Command(DumpJson({{"configure", DumpJson(foreign)}}));
  EXPECT_EQ(Hash(), Md5Hex(DumpJson(foreign)));
  Command(R"({"configure":"["})", 400);
}

TEST_F(KongGatewayTest, MisbehavesAsTold) {
  auto text = DumpJson(Shop());
  Command(R"({"fault":"status","path":"/config","status":503,"retryAfterSeconds":2})");
  auto unwell = Post(text);
  EXPECT_EQ(unwell->status, 503);
  EXPECT_EQ(unwell->headers.Find("Retry-After"), "2");
  Command(R"({"fault":"refuse"})");
  EXPECT_EQ(Post(text)->json()["flattened_errors"], Json::object());
  EXPECT_EQ(Hash(), kZeros);
  Command(R"({"fault":"reset"})");
  EXPECT_TRUE(Post(text)->aborted);
  Command(R"({"fault":"hang"})");
  EXPECT_FALSE(Post(text)->dropped);
  EXPECT_EQ(Hash(), kZeros);
  Command(R"({"fault":"lose-answer","path":"/config"})");
  EXPECT_TRUE(Post(text)->aborted);
  EXPECT_EQ(Hash(), Md5Hex(text));
  gateway_->Restart(false);
  Command(R"({"fault":"never-answer","path":"/config"})");
  auto silent = Post(text);
  EXPECT_FALSE(silent->ended || silent->aborted || silent->dropped);
  EXPECT_EQ(Hash(), Md5Hex(text));
  Command(R"({"fault":"truncate"})");
  EXPECT_TRUE(Get("/status")->aborted);
  Command(R"({"fault":"delay","seconds":3,"path":"/status"})");
  auto late = Get("/status");
  EXPECT_EQ(late->status, 0);
  clock_.Advance(absl::Seconds(4));
  EXPECT_EQ(late->status, 200);
  Command(R"({"fault":"nonsense"})", 400);
  Command(R"({"fault":"status","times":-1})");
  EXPECT_EQ(Get("/status")->status, 503);
  EXPECT_EQ(Get("/status")->status, 503);
  Command(R"({"clear":true})");
  EXPECT_EQ(Get("/status")->status, 200);
}

TEST_F(KongGatewayTest, WithADatabaseItTakesNoConfigAndShowsNoHash) {
  Start({.database = "postgres"});
  EXPECT_EQ(Post(Shop())->status, 400);
  EXPECT_FALSE(Get("/status")->json().contains("configuration_hash"));
  EXPECT_TRUE(Get("/status")->json()["database"]["reachable"].get<bool>());
}

TEST_F(KongGatewayTest, SurvivesHostileBodies) {
  const std::string bodies[] = {
      std::string(100'000, '['),
      std::string("{\"_format_version\":\"3.0\",\"services\":[") + std::string(100'000, '{'),
      std::string("\0\0\0", 3),
      "\xff\xfe{}",
      "{\"_format_version\":\"3.0\",\"services\":\"\xc3\x28\"}",
      "[]",
      "null",
      "{\"_format_version\":3,\"services\":[1,null,[],\"x\"]}",
      "{\"_format_version\":\"3.0\",\"services\":{\"a\":1},\"_transform\":2}"};
  for (const std::string& body : bodies) {
    for (const char* type : {"text/yaml", "application/json"}) {
      EXPECT_EQ(Post(body, type)->status, 400) << body.substr(0, 40);
    }
  }
  EXPECT_EQ(Hash(), kZeros);
}

}  // namespace
}  // namespace simulators
