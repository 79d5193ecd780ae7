#include "kong/database/database_sink.h"

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/log.h"
#include "tests/kong/database/database_world.h"

namespace kong {
namespace {

using engine::Cat;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

const EntityId kUpstream = UpstreamId("cart.svc");

Entity Service(std::string_view name, int retries = 5) {
  return MakeEntity(EntityKind::kService, ServiceId(name),
                    {{"name", name}, {"host", "cart.svc"}, {"retries", retries}}, name);
}
Entity Route(std::string_view name, std::string_view service) {
  return MakeEntity(EntityKind::kRoute, RouteId(name),
                    {{"name", name}, {"paths", {"/"}}, {"service", ServiceId(service).text()}},
                    name);
}
Entity Upstream() {
  return MakeEntity(EntityKind::kUpstream, kUpstream, {{"name", "cart.svc"}}, "cart");
}
Entity Target(std::string_view address, int weight = 100) {
  return MakeEntity(EntityKind::kTarget, TargetId(kUpstream, address),
                    {{"target", address}, {"upstream", kUpstream.text()}, {"weight", weight}},
                    "cart");
}
Entity Key(std::string_view id_of, std::string_view key) {
  return MakeEntity(EntityKind::kKeyAuth, DeriveId("keyauth_credentials", id_of),
                    {{"consumer", ConsumerId("bob").text()}, {"key", key}}, id_of);
}
Entity Bob() {
  return MakeEntity(EntityKind::kConsumer, ConsumerId("bob"), {{"username", "bob"}}, "bob");
}

Rows Of(std::vector<Entity> entities) {
  Rows rows;
  for (Entity& entity : entities) rows.emplace(entity.key(), std::move(entity));
  return rows;
}

class DatabaseSinkTest : public testing::Test {
 protected:
  DatabaseSinkTest() { io::SetLog(io::LogLevel::kError, io::LogFormat::kText); }
  void Start(DatabaseOptions options = {}) {
    DatabaseCallbacks callbacks;
    callbacks.refused = [this](std::vector<RefusedEntity> rows) {
      refused_.insert(refused_.end(), rows.begin(), rows.end());
    };
    callbacks.acknowledged = [this](const std::string&, engine::Version version) {
      acknowledged_ = version;
    };
    callbacks.drifted = [this](const std::string&) { ++drifts_; };
    sink_ =
        std::make_unique<DatabaseSink>(clock_, source_, std::move(options), std::move(callbacks));
    sink_->Add("http://kong-0", kong_.Client(), identity_);
  }
  void Set(std::vector<Entity> entities) {
    sink_->Published(published_ = source_.Publish(Of(std::move(entities))));
    Run();
  }
  void Run(absl::Duration d = absl::Milliseconds(100)) { clock_.Advance(d); }
  // Somebody else's call.
  int Other(const std::string& method, const std::string& path, const Json& body = Json()) {
    io::HttpServerRequest request;
    request.method = method, request.path = path;
    if (!body.is_null()) request.body = DumpJson(body);
    int status = kong_.api().Serve(request)->status;
    kong_.Calls();
    return status;
  }
  const Json& Row(std::string_view entity, std::string_view name) {
    static const Json none;
    const Json* row = kong_.rows().FindNamed(entity, name);
    return row == nullptr ? none : *row;
  }

  io::FakeClock clock_;
  VersionedRows source_{clock_};
  DatabaseKong kong_{clock_};
  GatewayIdentity identity_{.major = 3,
                            .minor = 9,
                            .patch = 3,
                            .version = "3.9.3",
                            .enterprise = true,
                            .router_flavor = "traditional_compatible",
                            .database = "postgres",
                            .node_id = "n"};
  std::unique_ptr<DatabaseSink> sink_;
  engine::Version published_ = 0, acknowledged_ = 0;
  std::vector<RefusedEntity> refused_;
  int drifts_ = 0;
};

TEST_F(DatabaseSinkTest, FillsAnEmptyDatabaseInOrderAndTagsWhatIsIts) {
  Start();
  Set({Route("r", "s"), Service("s"), Upstream(), Target("10.0.0.1:80"), Bob(), Key("k", "x")});
  EXPECT_THAT(kong_.Calls(),
              UnorderedElementsAre("POST /services 201", "POST /routes 201", "POST /upstreams 201",
                                   Cat("POST /upstreams/", kUpstream.text(), "/targets 201"),
                                   "POST /consumers 201", "POST /key-auths 201"));
  EXPECT_EQ(Row("services", "s")["tags"], Json({"managed-by-ingress-controller"}));
  EXPECT_EQ(acknowledged_, published_);
  EXPECT_EQ(sink_->trouble(), "");
}

TEST_F(DatabaseSinkTest, AnEndpointThatIsReplacedIsOneCallInAndOneOut) {
  Start();
  Set({Service("s"), Upstream(), Target("10.0.0.1:80"), Target("10.0.0.2:80")});
  kong_.Calls();
  Set({Service("s"), Upstream(), Target("10.0.0.1:80"), Target("10.0.0.3:80")});
  std::string targets = Cat("/upstreams/", kUpstream.text(), "/targets");
  EXPECT_THAT(kong_.Calls(), ElementsAre(Cat("POST ", targets, " 201"),
                                         Cat("DELETE ", targets, '/',
                                             TargetId(kUpstream, "10.0.0.2:80").text(), " 204")));
  EXPECT_EQ(acknowledged_, published_);
}

TEST_F(DatabaseSinkTest, AChangeIsOneCallAndNoChangeIsNone) {
  Start();
  Set({Service("s"), Upstream(), Target("10.0.0.1:80")});
  kong_.Calls();
  Set({Service("s", 7), Upstream(), Target("10.0.0.1:80")});
  EXPECT_THAT(kong_.Calls(), ElementsAre(Cat("PUT /services/", ServiceId("s").text(), " 200")));
  Set({Service("s", 7), Upstream(), Target("10.0.0.1:80", 9)});
  EXPECT_THAT(kong_.Calls(), SizeIs(1));
  Set({Service("s", 7), Upstream(), Target("10.0.0.1:80", 9)});
  Run(absl::Hours(1));
  EXPECT_THAT(kong_.Calls(), IsEmpty()) << "readings find nothing to repair";
  EXPECT_EQ(drifts_, 0);
}

TEST_F(DatabaseSinkTest, WhatGoesWithItsParentNeedsNoCall) {
  Start();
  Set({Service("s"), Bob(), Key("k", "x"), Upstream(), Target("10.0.0.1:80")});
  kong_.Calls();
  Set({Service("s")});
  EXPECT_THAT(kong_.Calls(),
              UnorderedElementsAre(Cat("DELETE /consumers/", ConsumerId("bob").text(), " 204"),
                                   Cat("DELETE /upstreams/", kUpstream.text(), " 204")));
  EXPECT_THAT(sink_->holdings().rows(), SizeIs(1));
}

TEST_F(DatabaseSinkTest, AServiceGoesAfterItsRoutes) {
  Start();
  Set({Service("s"), Route("r", "s"), Service("t"), Route("q", "t")});
  kong_.Calls();
  Set({Service("s"), Route("q", "s")});
  for (const std::string& call : kong_.Calls()) EXPECT_THAT(call, testing::Not(HasSubstr(" 4")));
  EXPECT_EQ(acknowledged_, published_);
}

TEST_F(DatabaseSinkTest, TakesOverWhatIsThereUnderAnotherId) {
  Other("POST", "/upstreams", {{"name", "cart.svc"}, {"tags", {"managed-by-ingress-controller"}}});
  std::string id(TextAt(Row("upstreams", "cart.svc"), "id"));
  Start();
  Set({Upstream(), Target("10.0.0.1:80")});
  EXPECT_THAT(kong_.Calls(), ElementsAre(Cat("POST /upstreams/", id, "/targets 201")));
  Set({});
  EXPECT_THAT(kong_.Calls(), ElementsAre(Cat("DELETE /upstreams/", id, " 204")));
}

TEST_F(DatabaseSinkTest, KeysThatAreSwappedChangeHands) {
  Start();
  Set({Bob(), Key("one", "x"), Key("two", "y")});
  kong_.Calls();
  Set({Bob(), Key("one", "y"), Key("two", "x")});
  EXPECT_THAT(kong_.Calls(), SizeIs(3));
  EXPECT_EQ(TextAt(Row("keyauth_credentials", "y"), "id"),
            DeriveId("keyauth_credentials", "one").text());
  EXPECT_EQ(acknowledged_, published_);
}

TEST_F(DatabaseSinkTest, NamesThatAreSwappedPassThroughAnother) {
  auto named = [](std::string_view id_of, std::string_view name) {
    return MakeEntity(EntityKind::kService, ServiceId(id_of), {{"name", name}, {"host", "a"}},
                      id_of);
  };
  Start();
  Set({named("a", "x"), named("b", "y"), Route("r", "a")});
  kong_.Calls();
  Set({named("a", "y"), named("b", "x"), Route("r", "a")});
  EXPECT_THAT(kong_.Calls(), SizeIs(3));
  EXPECT_EQ(TextAt(Row("services", "y"), "id"), ServiceId("a").text());
}

TEST_F(DatabaseSinkTest, OthersEntitiesStayAndAClashWithOneIsTold) {
  Other("POST", "/services", {{"name", "s"}, {"host", "theirs"}});
  Start();
  Set({Service("s"), Service("t")});
  Run(absl::Minutes(1));
  EXPECT_EQ(Row("services", "s")["host"], "theirs");
  EXPECT_EQ(Row("services", "t")["host"], "cart.svc") << "what does not depend on it goes on";
  ASSERT_THAT(refused_, SizeIs(1));
  EXPECT_EQ(refused_[0].object.text(), "Thing shop/s");
  EXPECT_THAT(refused_[0].message, HasSubstr("another service \"s\""));
}

TEST_F(DatabaseSinkTest, WhatKongRefusesIsToldAndTheRestGoesOn) {
  Start();
  Set({Service("s", 40000), Route("r", "s"), Service("t")});
  EXPECT_EQ(Row("services", "t")["retries"], 5);
  ASSERT_THAT(refused_, SizeIs(1));
  EXPECT_EQ(refused_[0].object.text(), "Thing shop/s");
  EXPECT_THAT(refused_[0].message, HasSubstr("retries: value should be between 0 and 32767"));
  Run(absl::Minutes(1));
  EXPECT_THAT(kong_.Calls(), SizeIs(2)) << "what needs it is not tried";
  Set({Service("t")});
  EXPECT_EQ(acknowledged_, published_);
  Set({Service("s", 4), Route("r", "s"), Service("t")});
  EXPECT_EQ(Row("services", "s")["retries"], 4);
}

TEST_F(DatabaseSinkTest, ReadsAtIntervalsAndRepairsWhatOthersChanged) {
  Start({.drift_check_interval = absl::Minutes(1)});
  Set({Service("s"), Upstream(), Target("10.0.0.1:80")});
  Other("PATCH", "/services/s", {{"retries", 9}});
  Other("DELETE", "/upstreams/cart.svc");
  Run(absl::Minutes(2));
  EXPECT_EQ(Row("services", "s")["retries"], 5);
  EXPECT_EQ(Row("targets", "10.0.0.1:80")["weight"], 100);
  EXPECT_EQ(drifts_, 1);
}

TEST_F(DatabaseSinkTest, AFailedCallStopsNothingElseAndIsTriedAgain) {
  Start();
  kong_.gateway().Fault({.what = simulators::KongFault::What::kStatus,
                         .path = "/services",
                         .times = 2,
                         .status = 503});
  sink_->Published(published_ = source_.Publish(Of({Service("s"), Route("r", "s"), Bob()})));
  Run(absl::Minutes(1));
  EXPECT_EQ(acknowledged_, published_);
  EXPECT_FALSE(Row("routes", "r").is_null());
}

TEST_F(DatabaseSinkTest, AnAnswerThatWasLostIsFoundOutByReading) {
  Start();
  Set({Bob()});
  kong_.gateway().Fault({.what = simulators::KongFault::What::kLoseAnswer, .path = "/services"});
  sink_->Published(published_ = source_.Publish(Of({Bob(), Service("s")})));
  Run(absl::Minutes(1));
  EXPECT_EQ(acknowledged_, published_);
  EXPECT_THAT(refused_, IsEmpty());
}

TEST_F(DatabaseSinkTest, AnotherGatewayOfTheDatabaseTakesOver) {
  auto dead = std::make_unique<io::FakeHttpClient>(
      clock_, [](const io::HttpRequest&, std::shared_ptr<io::FakeReply> reply) { reply->Fail(); });
  sink_ = std::make_unique<DatabaseSink>(clock_, source_, DatabaseOptions{}, DatabaseCallbacks{});
  sink_->Add("http://dead", std::move(dead), identity_);
  sink_->Add("http://alive", kong_.Client(), identity_);
  Set({Service("s")});
  Run(absl::Minutes(5));
  EXPECT_EQ(sink_->gateway(), "http://alive");
  EXPECT_EQ(sink_->acknowledged(), published_);
}

}  // namespace
}  // namespace kong
