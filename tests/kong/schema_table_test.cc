#include "kong/schema_table.h"

#include <gtest/gtest.h>

#include "engine/text.h"
#include "kong/json_tree.h"
#include "kong/schema_bundle.h"
#include "tests/kong/test_certificates.h"

namespace kong {
namespace {

using engine::Cat;
using engine::MessageOf;

constexpr std::string_view kId = "11111111-2222-4333-8444-555555555555";
constexpr std::string_view kOther = "99999999-2222-4333-8444-555555555555";

std::string Completed(EntityKind kind, const std::string& members) {
  auto completed =
      SchemaTable::Bundled().Complete(kind, Cat(R"({"id":")", kId, R"(",)", members, "}"));
  return completed.ok() ? *completed : Cat("error: ", MessageOf(completed.status()));
}

std::string Refused(EntityKind kind, const std::string& members) {
  auto completed =
      SchemaTable::Bundled().Complete(kind, Cat(R"({"id":")", kId, R"(",)", members, "}"));
  return completed.ok() ? "was taken" : std::string(MessageOf(completed.status()));
}

std::string Ref(std::string_view name) { return Cat('"', name, R"(":{"id":")", kOther, R"("})"); }

// What a control plane of Kong 3.9.3 was recorded to send for entities like these, without times.
TEST(SchemaTableTest, CompletesAsTheRecordedDeltasAre) {
  EXPECT_EQ(Completed(EntityKind::kService, R"("host":"127.0.0.1","name":"a","port":8080)"),
            Cat(R"({"ca_certificates":null,"client_certificate":null,"connect_timeout":60000,)",
                R"("enabled":true,"host":"127.0.0.1","id":")", kId, R"(","name":"a","path":null,)",
                R"("port":8080,"protocol":"http","read_timeout":60000,"retries":5,"tags":null,)",
                R"("tls_verify":null,"tls_verify_depth":null,"write_timeout":60000})"));
  EXPECT_EQ(Completed(EntityKind::kRoute,
                      Cat(R"("name":"r","paths":["/one"],"service":")", kOther, "\"")),
            Cat(R"({"destinations":null,"headers":null,"hosts":null,)",
                R"("https_redirect_status_code":426,"id":")", kId,
                R"(","methods":null,"name":"r","path_handling":"v0","paths":["/one"],)",
                R"("preserve_host":false,"protocols":["http","https"],"regex_priority":0,)",
                R"("request_buffering":true,"response_buffering":true,)", Ref("service"),
                R"(,"snis":null,"sources":null,"strip_path":true,"tags":null})"));
  EXPECT_EQ(Completed(EntityKind::kPlugin, R"("name":"correlation-id")"),
            Cat(R"({"config":{"echo_downstream":false,"generator":"uuid#counter",)",
                R"("header_name":"Kong-Request-ID"},"consumer":null,"enabled":true,"id":")", kId,
                R"(","instance_name":null,"name":"correlation-id",)",
                R"("protocols":["grpc","grpcs","http","https"],"route":null,"service":null,)",
                R"("tags":null})"));
  EXPECT_EQ(Completed(EntityKind::kKeyAuth, Cat(R"("consumer":")", kOther, R"(","key":"k")")),
            Cat("{", Ref("consumer"), R"(,"id":")", kId, R"(","key":"k","tags":null,"ttl":null})"));
  EXPECT_EQ(Completed(EntityKind::kConsumer, R"("username":"alice")"),
            Cat(R"({"custom_id":null,"id":")", kId, R"(","tags":null,"username":"alice"})"));
}

TEST(SchemaTableTest, CompletingWhatIsCompleteChangesNothing) {
  const std::string once = Completed(EntityKind::kUpstream, R"("name":"u","tags":["b","a","b"])");
  auto twice = SchemaTable::Bundled().Complete(EntityKind::kUpstream, once);
  ASSERT_TRUE(twice.ok()) << twice.status();
  EXPECT_EQ(*twice, once);
  const auto tree = ParseJson(once);
  ASSERT_TRUE(tree);
  EXPECT_EQ(DumpJson(At(*tree, "tags")), R"(["a","b"])");
  EXPECT_EQ(AtPath(*tree, "healthchecks.active.timeout"), 1);
  EXPECT_EQ(AtPath(*tree, "healthchecks.passive.healthy.successes"), 0);
}

TEST(SchemaTableTest, FillsRecordsThatAreGivenInPart) {
  const auto tree = ParseJson(Completed(
      EntityKind::kUpstream, R"("healthchecks":{"active":{"healthy":{"interval":7}}},"name":"u")"));
  ASSERT_TRUE(tree);
  EXPECT_EQ(AtPath(*tree, "healthchecks.active.healthy.interval"), 7);
  EXPECT_EQ(AtPath(*tree, "healthchecks.active.http_path"), "/");
  EXPECT_EQ(AtPath(*tree, "healthchecks.threshold"), 0);
}

TEST(SchemaTableTest, RoutesWithAnExpressionHaveAPriority) {
  const auto tree =
      ParseJson(Completed(EntityKind::kRoute, R"("expression":"http.path == \"/\"","name":"r")"));
  ASSERT_TRUE(tree);
  EXPECT_EQ(At(*tree, "priority"), 0);
  EXPECT_TRUE(tree->contains("paths"));
}

TEST(SchemaTableTest, DerivesWhatKongDerives) {
  const auto password =
      ParseJson(Completed(EntityKind::kBasicAuth, Cat(R"("consumer":")", kOther,
                                                      R"(","password":"secret","username":"a")")));
  ASSERT_TRUE(password);
  // sha1("secret" and the consumer's id)
  EXPECT_EQ(At(*password, "password"), "feef8ea430aa6a4a5e7c0c07db0b2cc7abed6a90");

  struct Case {
    EntityKind kind;
    std::string members, field, value;
  };
  const std::string up = Cat(R"("upstream":")", kOther, "\",");
  const Case cases[] = {
      {EntityKind::kTarget, up + R"("target":"10.0.0.1")", "target", "10.0.0.1:8000"},
      {EntityKind::kTarget, up + R"("target":"10.0.0.1:80")", "target", "10.0.0.1:80"},
      {EntityKind::kTarget, up + R"("target":"[::1]:80")", "target",
       "[0000:0000:0000:0000:0000:0000:0000:0001]:80"},
      {EntityKind::kUpstream, R"("name":"u","hash_on":"ip")", "algorithm", "consistent-hashing"},
      {EntityKind::kUpstream, R"("name":"u","algorithm":"least-connections","hash_on":"none")",
       "algorithm", "least-connections"},
      {EntityKind::kUpstream, R"("name":"u","algorithm":"latency")", "algorithm", "latency"},
  };
  for (const Case& one : cases) {
    const auto tree = ParseJson(Completed(one.kind, one.members));
    ASSERT_TRUE(tree) << one.members;
    EXPECT_EQ(At(*tree, one.field), one.value) << one.members;
  }
}

TEST(SchemaTableTest, GivesACaCertificateItsDigest) {
  const TestPair ca = MakeTestPair("ca", {.ca = true, .names = ""});
  const auto tree =
      ParseJson(Completed(EntityKind::kCaCertificate, Cat("\"cert\":", DumpJson(Json(ca.cert)))));
  ASSERT_TRUE(tree);
  EXPECT_EQ(TextAt(*tree, "cert_digest").size(), 64u);
  EXPECT_EQ(Refused(EntityKind::kCaCertificate, R"("cert":"no certificate")"),
            Cat("ca_certificates ", kId, ": field cert is no certificate: give one in PEM form"));
}

TEST(SchemaTableTest, MovesTheValuesOfOldNames) {
  const auto tree = ParseJson(Completed(
      EntityKind::kPlugin,
      R"("config":{"minute":5,"policy":"redis","redis_host":"r"},"name":"rate-limiting")"));
  ASSERT_TRUE(tree);
  EXPECT_EQ(AtPath(*tree, "config.redis.host"), "r");
  EXPECT_EQ(AtPath(*tree, "config.redis.port"), 6379);
  EXPECT_FALSE(At(*tree, "config").contains("redis_host"));
}

TEST(SchemaTableTest, RefusesWithTheFieldAndTheRemedy) {
  struct Case {
    std::string_view name;
    EntityKind kind;
    std::string members, says;
  };
  const std::string consumer = Cat(R"("consumer":")", kOther, R"(",)");
  const Case cases[] = {
      {"type", EntityKind::kService, R"("host":"a","port":"80")", "field port must be a number"},
      {"limit", EntityKind::kService, R"("host":"a","port":70000)",
       "field port must be between 0 and 65535"},
      {"fraction", EntityKind::kService, R"("host":"a","retries":1.5)",
       "field retries must be a whole number"},
      {"choice", EntityKind::kService, R"("host":"a","protocol":"ftp")",
       "field protocol must be one of \"grpc\""},
      {"missing", EntityKind::kService, R"("name":"a")", "field host is missing: it is required"},
      {"null", EntityKind::kService, R"("host":null)", "field host is null: it is required"},
      {"unknown", EntityKind::kService, R"("host":"a","prt":1)", "has a member prt"},
      {"string for a list", EntityKind::kRoute, R"("paths":"/")", "field paths must be a list"},
      {"pattern", EntityKind::kRoute, R"("methods":["get"])",
       "field methods must match the Lua pattern ^%u+$"},
      {"path", EntityKind::kRoute, R"("paths":["a"])",
       "field paths must match the Lua pattern ^/ or one of 1 others"},
      {"subsets", EntityKind::kRoute, R"("protocols":["http","tcp"])",
       "field protocols holds values that exclude each other"},
      {"reference", EntityKind::kRoute, R"("service":5)",
       "must say which of the services is meant"},
      {"random", EntityKind::kHmacAuth, consumer + R"("username":"a")",
       "field secret is missing: Kong would make up a random value"},
      {"random of a plugin", EntityKind::kPlugin, R"("name":"session")",
       "field config.secret is missing: Kong would make up a random value"},
      {"hashed", EntityKind::kOauth2, consumer + R"("name":"a","hash_secret":true)",
       "field hash_secret is true"},
      {"plugin", EntityKind::kPlugin, R"("name":"mine")", "there is no schema of the plugin mine"},
      {"scope", EntityKind::kPlugin, Cat(consumer, R"("name":"key-auth")"),
       "field consumer must be null"},
      {"missing deep in a plugin", EntityKind::kPlugin, R"("name":"http-log")",
       "field config.http_endpoint is missing"},
      {"entity", EntityKind::kConsumerGroup, R"("name":"g")",
       "there is no schema of consumer_groups: make a bundle of the Kong that has them"},
  };
  for (const Case& one : cases) {
    EXPECT_NE(Refused(one.kind, one.members).find(one.says), std::string::npos)
        << one.name << ": " << Refused(one.kind, one.members);
  }
}

TEST(SchemaTableTest, NoErrorShowsAValue) {
  const std::string said =
      Refused(EntityKind::kKeyAuth, Cat(R"("consumer":")", kOther, R"(","key":["hunter2"])")) +
      Refused(EntityKind::kKeyAuth, Cat(R"("consumer":"hunter2","key":"")")) +
      Refused(EntityKind::kCertificate, R"("cert":"hunter2","key":5)");
  EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
}

TEST(SchemaTableTest, WhatAKongStoresIsNotDerivedAgain) {
  const SchemaTable& table = SchemaTable::Bundled();
  const std::string completed = Completed(
      EntityKind::kBasicAuth, Cat(R"("consumer":")", kOther, R"(","password":"p","username":"a")"));
  std::string shown = completed;
  shown.insert(1, R"("created_at":5,"ws_id":"w",)");
  auto stored = table.Stored("basicauth_credentials", shown);
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ(*stored, completed);
}

TEST(SchemaTableTest, ValidatesWhatHoldsBetweenFields) {
  const SchemaTable& table = SchemaTable::Bundled();
  auto verdict = [&](EntityKind kind, std::string_view members) {
    return std::string(
        MessageOf(table.Validate(kind, Cat(R"({"id":")", kId, R"(",)", members, "}"))));
  };
  EXPECT_EQ(verdict(EntityKind::kService, R"("host":"a","path":"/x")"), "");
  EXPECT_NE(verdict(EntityKind::kService, R"("host":"a","path":"/x","protocol":"tcp")")
                .find("field path does not go with the value of field protocol"),
            std::string::npos);
  EXPECT_NE(verdict(EntityKind::kPlugin, R"("name":"rate-limiting")").find("at least one of"),
            std::string::npos);
  EXPECT_NE(verdict(EntityKind::kUpstream, R"("name":"u","hash_on":"header")")
                .find("field hash_on_header does not go with"),
            std::string::npos);
  EXPECT_EQ(verdict(EntityKind::kRoute, R"("name":"r","paths":["/a"])"), "");
}

TEST(SchemaTableTest, HostileFragmentsAreErrors) {
  std::string deep = "{\"name\":";
  for (int i = 0; i < 5000; ++i) deep += "[";
  for (const std::string& text :
       {std::string(), std::string("["), std::string("5"), std::string("{\"id\":\"\xff\"}"),
        std::string("{\"host\":\"a\0b\"}", 14), deep, std::string(R"({"id":)")}) {
    for (size_t kind = 0; kind < kEntityKinds; ++kind) {
      EXPECT_FALSE(SchemaTable::Bundled().Complete(static_cast<EntityKind>(kind), text).ok());
    }
  }
}

TEST(SchemaTableTest, KnowsTheBundledPlugins) {
  const SchemaTable& table = SchemaTable::Bundled();
  for (std::string_view name : {"key-auth", "zipkin", "redirect", "standard-webhooks"})
    EXPECT_TRUE(table.KnowsPlugin(name)) << name;
  EXPECT_FALSE(table.KnowsPlugin("openid-connect"));
  EXPECT_FALSE(table.KnowsPlugin(""));
}

}  // namespace
}  // namespace kong
