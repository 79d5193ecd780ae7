#include "tools/simulators/kong_database.h"

#include <string>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/simulators/exchange_recorder.h"
#include "tools/simulators/kong_gateway.h"

namespace simulators {
namespace {

using engine::Cat;
using testing::HasSubstr;

constexpr char kFirst[] = "11111111-1111-4111-8111-111111111111";
constexpr char kOther[] = "22222222-2222-4222-8222-222222222222";

class KongDatabaseTest : public testing::Test {
 protected:
  KongDatabaseTest() {
    auto gateway = KongGateway::Create(
        clock_, {.edition = "enterprise", .database = "postgres", .workspace = "team"});
    EXPECT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
  }
  struct Reply {
    int status = 0;
    Json body;
  };
  Reply Do(const std::string& method, const std::string& target, const Json& body = Json()) {
    std::string text = body.is_null() ? "" : DumpJson(body);
    auto answer =
        Exchange(*gateway_, {method, target, text, {{"Content-Type", "application/json"}}});
    return {answer->status, answer->json()};
  }
  Json Make(const std::string& target, const Json& body) {
    Reply reply = Do("POST", target, body);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.body;
  }
  // Expects an error of this status and code; its fields are returned.
  Json Refused(const Reply& reply, int status, int code) {
    EXPECT_EQ(reply.status, status) << reply.body;
    EXPECT_EQ(At(reply.body, "code"), code) << reply.body;
    return At(reply.body, "fields");
  }

  ManualClock clock_;
  std::unique_ptr<KongGateway> gateway_;
};

TEST_F(KongDatabaseTest, SaysThatItHasADatabase) {
  EXPECT_EQ(Do("GET", "/").body["configuration"]["database"], "postgres");
  EXPECT_EQ(Do("GET", "/team/kong").body["configuration"]["database"], "postgres");
  EXPECT_FALSE(Do("GET", "/status").body.contains("configuration_hash"));
  EXPECT_EQ(Do("POST", "/config", Json::object()).status, 400);
}

TEST_F(KongDatabaseTest, FillsDefaultsAndTimestampsAndFindsRowsByNameAndId) {
  Json made = Make("/services", {{"name", "cart"}, {"host", "cart.svc"}});
  EXPECT_EQ(made["retries"], 5);
  EXPECT_EQ(made["created_at"], 1'700'000'100);
  EXPECT_EQ(Do("GET", "/services/cart").body, made);
  EXPECT_EQ(Do("GET", Cat("/services/", TextAt(made, "id"))).body, made);
  EXPECT_EQ(Do("GET", "/services/none").status, 404);
  EXPECT_EQ(Do("GET", "/team/services/cart").status, 200) << "a workspace is a prefix";
  EXPECT_EQ(Do("GET", "/crew/services/cart").status, 404);
}

TEST_F(KongDatabaseTest, PutReplacesAndPatchMerges) {
  Make("/services", {{"id", kFirst}, {"name", "cart"}, {"host", "cart.svc"}, {"retries", 9}});
  EXPECT_EQ(Do("PATCH", "/services/cart", {{"port", 81}}).body["retries"], 9);
  Reply put = Do("PUT", Cat("/services/", kFirst), {{"name", "cart"}, {"host", "cart.svc"}});
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.body["retries"], 5);
  EXPECT_EQ(put.body["port"], 80);
  EXPECT_EQ(Do("PUT", Cat("/services/", kOther), {{"host", "new"}}).status, 200) << "PUT creates";
  EXPECT_EQ(Do("PATCH", "/services/none", {{"port", 81}}).status, 404);
}

TEST_F(KongDatabaseTest, RefusesWhatSchemasForbid) {
  Json fields = Refused(Do("POST", "/services", {{"host", "a"}, {"port", 70000}}), 400, 2);
  EXPECT_EQ(fields["port"], "value should be between 0 and 65535");
  EXPECT_EQ(Refused(Do("POST", "/services", {{"host", "a"}, {"colour", 1}}), 400, 2)["colour"],
            "unknown field");
  EXPECT_EQ(Do("POST", "/services").status, 400);
}

TEST_F(KongDatabaseTest, KeysAreUnique) {
  Make("/services", {{"id", kFirst}, {"name", "cart"}, {"host", "a"}});
  EXPECT_EQ(Refused(Do("POST", "/services", {{"name", "cart"}, {"host", "b"}}), 409, 5)["name"],
            "cart");
  Refused(Do("PUT", Cat("/services/", kOther), {{"name", "cart"}, {"host", "b"}}), 409, 5);
  Refused(Do("POST", "/services", {{"id", kFirst}, {"host", "b"}}), 400, 3);

  Json plugin = {{"name", "cors"}, {"service", {{"id", kFirst}}}};
  Make("/plugins", plugin);
  Json fields = Refused(Do("POST", "/plugins", plugin), 409, 5);
  EXPECT_EQ(fields["service"]["id"], kFirst) << "all parts of a cache key are named";
}

TEST_F(KongDatabaseTest, ReferencesNameWhatIsThere) {
  Json fields =
      Refused(Do("POST", "/routes", {{"paths", {"/"}}, {"service", {{"id", kFirst}}}}), 400, 4);
  EXPECT_EQ(fields["service"]["id"], kFirst);
  Refused(Do("POST", "/routes", {{"paths", {"/"}}, {"service", {{"name", "cart"}}}}), 400, 13);
  Make("/services", {{"id", kFirst}, {"name", "cart"}, {"host", "a"}});
  Json route = Make("/routes", {{"paths", {"/"}}, {"service", {{"name", "cart"}}}});
  EXPECT_EQ(route["service"]["id"], kFirst);
  EXPECT_EQ(Refused(Do("DELETE", "/services/cart"), 400, 4)["@referenced_by"], "routes");
  Make(Cat("/routes/", TextAt(route, "id"), "/plugins"), {{"name", "cors"}});
  EXPECT_EQ(Do("DELETE", Cat("/routes/", TextAt(route, "id"))).status, 204);
  EXPECT_EQ(Do("GET", "/plugins").body["data"].size(), 0u) << "a plugin goes with its route";
  EXPECT_EQ(Do("DELETE", "/services/cart").status, 204);
  EXPECT_EQ(Do("DELETE", "/services/cart").status, 204) << "deleting nothing is no error";
}

TEST_F(KongDatabaseTest, TargetsLiveBelowTheirUpstreamAndPutMakesNone) {
  Make("/upstreams", {{"name", "cart.svc"}});
  EXPECT_EQ(Do("GET", "/targets").status, 404);
  Json body = {{"target", "10.0.0.1"}, {"weight", 7}};
  EXPECT_EQ(Do("PUT", Cat("/upstreams/cart.svc/targets/", kFirst), body).status, 404);
  Json made = Make("/upstreams/cart.svc/targets", body);
  EXPECT_EQ(made["target"], "10.0.0.1:8000");
  Refused(Do("POST", "/upstreams/cart.svc/targets", {{"target", "10.0.0.1:8000"}}), 409, 5);
  Reply put = Do("PUT", "/upstreams/cart.svc/targets/10.0.0.1:8000", {{"weight", 8}});
  EXPECT_EQ(put.body["weight"], 8);
  EXPECT_EQ(Do("GET", "/upstreams/cart.svc/targets/all").body["data"].size(), 1u);
  EXPECT_EQ(Do("DELETE", "/upstreams/none/targets/10.0.0.1:8000").status, 404);
  EXPECT_EQ(Do("DELETE", "/upstreams/cart.svc/targets/10.0.0.1:8000").status, 204);
}

TEST_F(KongDatabaseTest, CredentialsLiveBelowTheirConsumerAndGoWithIt) {
  Make("/consumers", {{"username", "bob"}});
  Make("/consumers/bob/key-auth", {{"key", "secret"}});
  Json basic = Make("/consumers/bob/basic-auth", {{"username", "bob"}, {"password", "open"}});
  EXPECT_NE(basic["password"], "open") << "passwords are stored hashed";
  EXPECT_EQ(Do("GET", "/key-auths/secret").status, 200);
  EXPECT_EQ(Do("DELETE", "/consumers/bob").status, 204);
  EXPECT_EQ(Do("GET", "/key-auths").body["data"].size(), 0u);
}

TEST_F(KongDatabaseTest, GroupsHaveMembers) {
  Make("/consumers", {{"username", "bob"}});
  Make("/consumer_groups", {{"name", "gold"}});
  Make("/consumer_groups/gold/consumers", {{"consumer", "bob"}});
  EXPECT_EQ(Do("GET", "/consumer_groups/gold/consumers").body["data"][0]["username"], "bob");
  EXPECT_EQ(Do("DELETE", "/consumer_groups/gold/consumers/bob").status, 204);
  EXPECT_EQ(Do("GET", "/consumer_groups/gold/consumers").body["data"].size(), 0u);
}

TEST_F(KongDatabaseTest, ListsAreReadPageByPageAndByTag) {
  for (int i = 0; i < 7; ++i) {
    Json tags = i % 2 == 0 ? Json{"ours", "even"} : Json{"ours"};
    Make("/services", {{"name", Cat("s", i)}, {"host", "a"}, {"tags", tags}});
  }
  size_t seen = 0;
  std::string offset;
  do {
    std::string token;
    for (char c : offset) token += c == '=' ? "%3D" : c == '+' ? "%2B" : std::string(1, c);
    Reply page =
        Do("GET", Cat("/services?size=3&tags=ours", token.empty() ? "" : "&offset=", token));
    ASSERT_EQ(page.status, 200) << page.body;
    seen += page.body["data"].size();
    offset = TextAt(page.body, "offset");
  } while (!offset.empty());
  EXPECT_EQ(seen, 7u);
  EXPECT_EQ(Do("GET", "/services?tags=ours,even").body["data"].size(), 4u);
  EXPECT_EQ(Do("GET", "/services?tags=even/none").body["data"].size(), 4u);
  Refused(Do("GET", "/services?size=1001"), 400, 9);
  Refused(Do("GET", "/services?offset=x"), 400, 7);
  Refused(Do("GET", "/services?tags="), 400, 11);
}

TEST_F(KongDatabaseTest, CountsTheWritesThatItWasSent) {
  Make("/services", {{"name", "cart"}, {"host", "a"}});
  Do("GET", "/services");
  Do("DELETE", "/services/cart");
  const auto& calls = gateway_->database_api()->calls();
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[1].method, "DELETE");
  EXPECT_EQ(calls[1].status, 204);
}

}  // namespace
}  // namespace simulators
