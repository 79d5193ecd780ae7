#include "kong/payload_builder.h"

#include <map>
#include <nlohmann/json.hpp>

#include "engine/executor.h"
#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kong/patch.h"

namespace kong {
namespace {

using engine::Cat;
using engine::Symbol;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Needs kOffers = kNeedsTraditional | kNeedsFrom3_9 | kNeedsBelow3_11;

ObjectRef Object(std::string_view kind, std::string_view name) {
  return {Symbol(kind), Symbol("shop"), Symbol(name)};
}

Entity Service(std::string_view name, int retries = 5) {
  EntityId id = ServiceId(name);
  return {.kind = EntityKind::kService,
          .id = id,
          .name = std::string(name),
          .json = Cat(R"({"host":"h","id":")", id.text(), R"(","name":")", name, R"(","retries":)",
                      retries, "}"),
          .origins = {Object("Service", name)}};
}

Entity Route(std::string_view name, std::string_view service, std::string_view ingress = "web") {
  EntityId id = RouteId(name);
  return {.kind = EntityKind::kRoute,
          .id = id,
          .name = std::string(name),
          .json = Cat(R"({"id":")", id.text(), R"(","name":")", name, R"(","service":")",
                      ServiceId(service).text(), "\"}"),
          .origins = {Object("Ingress", ingress)}};
}

Entity Upstream(std::string_view name) {
  EntityId id = UpstreamId(name);
  return {.kind = EntityKind::kUpstream,
          .id = id,
          .name = std::string(name),
          .json = Cat(R"({"id":")", id.text(), R"(","name":")", name, "\"}"),
          .origins = {Object("Service", name)}};
}

Entity Target(std::string_view upstream, std::string_view address) {
  EntityId parent = UpstreamId(upstream);
  EntityId id = TargetId(parent, address);
  return {.kind = EntityKind::kTarget,
          .id = id,
          .name = {},
          .json = Cat(R"({"id":")", id.text(), R"(","target":")", address, R"(","upstream":")",
                      parent.text(), "\"}"),
          .origins = {Object("Service", upstream)}};
}

std::string Md5Of(std::string_view text) {
  Md5 digest;
  digest.Add(text);
  return digest.Hex();
}

class PayloadBuilderTest : public testing::Test {
 protected:
  PayloadBuilderTest()
      : graph_(engine::NewSerialExecutor()),
        entities_(graph_.AddSource<Entity>("entities")),
        others_(graph_.AddSource<Entity>("others")),
        refused_(graph_.AddSource<RefusedEntity>("refused")) {
    entities_.KeepFeed();
    others_.KeepFeed();
    refused_.KeepFeed();
    builder_ = NewBuilder();
  }
  // Of one class.
  struct Builder {
    Builder(engine::Graph& graph, PayloadTables tables, Needs offers)
        : contents(graph, std::move(tables), offers), payloads(contents) {}
    std::shared_ptr<const Payload> Build() { return payloads.Build(); }
    ClassContents contents;
    PayloadBuilder payloads;
  };
  std::unique_ptr<Builder> NewBuilder(Needs offers = kOffers) {
    return std::make_unique<Builder>(graph_, PayloadTables{{&entities_, &others_}, &refused_},
                                     offers);
  }
  void Set(std::initializer_list<Entity> rows) {
    for (const Entity& row : rows) entities_.Set(row);
  }
  // Builds, and holds against a builder that sees everything for the first time.
  std::shared_ptr<const Payload> Build() {
    graph_.Step();
    std::shared_ptr<const Payload> payload = builder_->Build();
    std::shared_ptr<const Payload> fresh = NewBuilder()->Build();
    EXPECT_EQ(*payload->body, *fresh->body);
    EXPECT_EQ(payload->exclusions, fresh->exclusions);
    EXPECT_EQ(payload->hash, Md5Of(*payload->body));
    EXPECT_EQ(payload->version, graph_.version());
    CheckParts(*payload);
    return payload;
  }
  static void CheckParts(const Payload& payload) {
    auto document = nlohmann::json::parse(*payload.body);
    for (size_t kind = 0; kind < kEntityKinds; ++kind) {
      EntityKind each = static_cast<EntityKind>(kind);
      for (PartRef ref{each, 0}; ref.index < payload.count(each); ++ref.index) {
        auto entity = nlohmann::json::parse(payload.Fragment(ref));
        EXPECT_EQ(entity["id"], payload.part(ref).id.text());
        EXPECT_EQ(entity, document[std::string(ArrayName(each))][ref.index]);
        EXPECT_EQ(payload.Find({each, payload.part(ref).id}), ref);
      }
    }
  }
  RefusedEntity Refuse(const Payload& payload, const Entity& entity) {
    PartRef ref = *payload.Find(entity.key());
    RefusedEntity row{.object = payload.Origins(ref)[0],
                      .offers = kOffers,
                      .entity_kind = entity.kind,
                      .entity_id = entity.id,
                      .fingerprint = payload.part(ref).fingerprint,
                      .message = "no"};
    refused_.Set(row);
    return row;
  }

  engine::Graph graph_;
  engine::Source<Entity>& entities_;
  engine::Source<Entity>& others_;
  engine::Source<RefusedEntity>& refused_;
  std::unique_ptr<Builder> builder_;
};

TEST_F(PayloadBuilderTest, HoldsAStubWhenItWouldBeEmpty) {
  EXPECT_EQ(*Build()->body, Cat(R"({"_format_version":"3.0","upstreams":[{"id":")",
                                UpstreamId("kong").text(), R"(","name":"kong"}]})"));
}

TEST_F(PayloadBuilderTest, WritesSectionsInOrderOfKindAndEntitiesInOrderOfId) {
  Entity a = Service("a"), b = Service("b"), route = Route("r", "a"),
         target = Target("u", "1.1.1.1:80"), upstream = Upstream("u");
  Set({target, upstream, route, b, a});
  const Entity& first = a.id < b.id ? a : b;
  const Entity& second = a.id < b.id ? b : a;
  EXPECT_EQ(*Build()->body, Cat(R"({"_format_version":"3.0","services":[)", first.json, ",",
                                second.json, R"(],"routes":[)", route.json, R"(],"upstreams":[)",
                                upstream.json, R"(],"targets":[)", target.json, "]}"));
}

TEST_F(PayloadBuilderTest, HoldsOnlyWhatTheClassCanTake) {
  Entity enterprise = Service("a");
  enterprise.needs = kNeedsEnterprise;
  Set({enterprise, Service("b")});
  EXPECT_EQ(Build()->count(), 1u);
  graph_.Step();
  EXPECT_EQ(NewBuilder(kOffers | kNeedsEnterprise)->Build()->count(), 2u);
}

TEST_F(PayloadBuilderTest, RendersNothingWhenNothingOfItsClassChanged) {
  Set({Service("a")});
  std::shared_ptr<const Payload> before = Build();
  Entity other = Service("b");
  other.needs = kNeedsEnterprise;
  Set({other});
  std::shared_ptr<const Payload> after = Build();
  EXPECT_EQ(after->body, before->body);
  EXPECT_GT(after->version, before->version);
  EXPECT_EQ(builder_->payloads.renders(), 1u);
}

TEST_F(PayloadBuilderTest, DigestsOnlyWhatFollowsTheFirstChange) {
  for (int i = 0; i < 200; ++i) Set({Service(Cat("s", i))});
  Set({Upstream("u"), Target("u", "1.1.1.1:80")});
  Build();
  uint64_t before = builder_->payloads.bytes_digested();
  entities_.Erase(Target("u", "1.1.1.1:80").key());
  Set({Target("u", "1.1.1.2:80")});
  Build();
  EXPECT_LT(builder_->payloads.bytes_digested() - before, 300u);
}

TEST_F(PayloadBuilderTest, TheLastEntityLeavesTheStubAndTheFirstReplacesIt) {
  std::string stub = *Build()->body;
  Set({Upstream("u"), Target("u", "1.1.1.1:80")});
  EXPECT_THAT(*Build()->body, Not(HasSubstr("\"kong\"")));
  entities_.Erase(Upstream("u").key());
  entities_.Erase(Target("u", "1.1.1.1:80").key());
  EXPECT_EQ(*Build()->body, stub);
}

TEST_F(PayloadBuilderTest, LeavesOutWhatRefersToNothing) {
  Set({Service("a"), Route("good", "a"), Route("bad", "ghost")});
  std::shared_ptr<const Payload> payload = Build();
  EXPECT_EQ(payload->count(EntityKind::kRoute), 1u);
  ASSERT_THAT(payload->exclusions, SizeIs(1));
  EXPECT_EQ(payload->exclusions[0].text, Cat("route \"bad\" is left out: it refers to service ",
                                             ServiceId("ghost").text(), ", which does not exist"));
  EXPECT_THAT(payload->exclusions[0].origins, ElementsAre(Object("Ingress", "web")));
  // And takes it back when the reference is there.
  Set({Service("ghost")});
  payload = Build();
  EXPECT_EQ(payload->count(EntityKind::kRoute), 2u);
  EXPECT_THAT(payload->exclusions, IsEmpty());
}

TEST_F(PayloadBuilderTest, WhatRefersToSomethingLeftOutIsLeftOutToo) {
  Entity deep = Service("deep");
  deep.json = Cat(R"({"id":")", deep.id.text(), R"(","x":)", std::string(100, '['),
                  std::string(100, ']'), "}");
  Set({deep, Route("r", "deep"), Service("a")});
  std::shared_ptr<const Payload> payload = Build();
  EXPECT_EQ(payload->count(), 1u);
  ASSERT_THAT(payload->exclusions, SizeIs(2));
  EXPECT_EQ(payload->exclusions[0].text,
            "service \"deep\" is left out: its values are nested deeper than 100 levels");
  EXPECT_EQ(payload->exclusions[1].text,
            "route \"r\" is left out: it refers to service \"deep\", which was left out");
}

TEST_F(PayloadBuilderTest, OfTwoWithOneNameTheObjectThatSortsFirstKeepsIt) {
  Entity older = Service("a"), younger = Service("a");
  younger.id = ServiceId("other");
  younger.json = Cat(R"({"id":")", younger.id.text(), R"(","name":"a"})");
  younger.origins = {Object("Service", "b")};
  // Also when the loser came first.
  Set({younger});
  EXPECT_EQ(Build()->count(), 1u);
  Set({older, Route("r", "other")});
  std::shared_ptr<const Payload> payload = Build();
  EXPECT_TRUE(payload->Find(older.key()));
  EXPECT_EQ(payload->count(), 1u);
  ASSERT_THAT(payload->exclusions, SizeIs(2));
  EXPECT_EQ(payload->exclusions[0].text,
            "service \"a\" is left out: it has the name of service \"a\" of Service shop/a, which "
            "keeps it");
  entities_.Erase(older.key());
  EXPECT_EQ(Build()->count(), 2u);
}

TEST_F(PayloadBuilderTest, OfTwoWithOneIdInDifferentTablesOneStays) {
  Entity a = Service("a", 5), b = Service("a", 6);
  a.origins = {Object("Service", "z")};
  b.origins = {Object("Service", "y")};
  entities_.Set(a);
  others_.Set(b);
  std::shared_ptr<const Payload> payload = Build();
  EXPECT_EQ(payload->Fragment({EntityKind::kService, 0}), b.json);
  EXPECT_THAT(payload->exclusions, SizeIs(1));
  others_.Erase(b.key());
  EXPECT_EQ(Build()->Fragment({EntityKind::kService, 0}), a.json);
}

TEST_F(PayloadBuilderTest, TellsDuplicateTargetsByTheirCacheKey) {
  Entity twin = Target("u", "1.1.1.1:80");
  twin.id = UpstreamId("anything");
  twin.json = Cat(R"({"id":")", twin.id.text(), R"(","target":"1.1.1.1:80","upstream":")",
                  UpstreamId("u").text(), "\"}");
  Set({Upstream("u"), Target("u", "1.1.1.1:80"), Target("u", "1.1.1.1:81"), twin});
  EXPECT_EQ(Build()->count(EntityKind::kTarget), 2u);
}

TEST_F(PayloadBuilderTest, LeavesOutAQuarantinedObjectUntilItsEntityChanges) {
  Entity bad = Route("bad", "a", "broken");
  Set({Service("a"), bad, Route("sibling", "a", "broken"), Route("good", "a")});
  RefusedEntity row = Refuse(*Build(), bad);
  std::shared_ptr<const Payload> payload = Build();
  EXPECT_EQ(payload->count(EntityKind::kRoute), 1u);
  EXPECT_THAT(payload->exclusions, IsEmpty());
  EXPECT_THAT(payload->lifted, IsEmpty());

  bad.json = Cat(R"({"id":")", bad.id.text(), R"(","name":"bad2"})");
  Set({bad});
  payload = Build();
  EXPECT_EQ(payload->count(EntityKind::kRoute), 3u);
  EXPECT_THAT(payload->lifted, ElementsAre(row.key()));
  refused_.Erase(row.key());
  EXPECT_THAT(Build()->lifted, IsEmpty());
}

TEST_F(PayloadBuilderTest, AQuarantineOfOneClassLeavesOthersAlone) {
  Set({Service("a"), Route("bad", "a")});
  Refuse(*Build(), Route("bad", "a"));
  EXPECT_EQ(Build()->count(EntityKind::kRoute), 0u);
  EXPECT_EQ(NewBuilder(kOffers | kNeedsEnterprise)->Build()->count(EntityKind::kRoute), 1u);
}

TEST_F(PayloadBuilderTest, WhatAQuarantinedObjectSharesWithOthersStays) {
  Entity shared = Service("a");
  shared.origins = {Object("Ingress", "broken"), Object("Ingress", "web")};
  Set({shared, Route("bad", "a", "broken"), Route("good", "a")});
  Refuse(*Build(), Route("bad", "a", "broken"));
  std::shared_ptr<const Payload> payload = Build();
  EXPECT_EQ(payload->count(EntityKind::kService), 1u);
  EXPECT_EQ(payload->count(EntityKind::kRoute), 1u);
}

TEST_F(PayloadBuilderTest, ALateBuilderStartsFromAllRows) {
  auto eager = graph_.AddConsumer();
  Set({Service("a"), Service("b")});
  graph_.Step();
  graph_.Acknowledge(eager, graph_.version());
  entities_.Erase(Service("a").key());
  EXPECT_EQ(Build()->count(), 1u);
}

// A copy that is kept by patches alone.
struct Copy {
  void Take(const Patch& patch) {
    if (patch.from == 0) rows.clear();
    for (const EntityKey& key : patch.removals) rows.erase(key);
    for (const Entity& row : patch.upserts) rows[row.key()] = row.json;
    version = patch.to;
  }
  static std::map<EntityKey, std::string> Of(const Payload& payload) {
    std::map<EntityKey, std::string> rows;
    for (size_t kind = 0; kind < kEntityKinds; ++kind) {
      EntityKind each = static_cast<EntityKind>(kind);
      for (PartRef ref{each, 0}; ref.index < payload.count(each); ++ref.index)
        rows[{each, payload.part(ref).id}] = payload.Fragment(ref);
    }
    return rows;
  }
  std::map<EntityKey, std::string> rows;
  engine::Version version = 0;
};

// A random walk, in which every step is held against a builder that starts afresh, and against a
// copy that is given patches now and then.
TEST_F(PayloadBuilderTest, RandomEditsEndWhereAFreshBuilderEnds) {
  uint64_t state = 7;
  auto pick = [&](uint64_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % n;
  };
  auto name = [&] { return Cat("n", pick(4)); };
  Copy copy;
  for (int round = 0; round < 300; ++round) {
    for (uint64_t edits = pick(4); edits-- > 0;) {
      Entity row = Service(name(), static_cast<int>(pick(3)));
      uint64_t kind = pick(5);
      if (kind == 1) row = Route(name(), name(), name());
      if (kind == 2) row = Upstream(name());
      if (kind == 3) row = Target(name(), Cat("1.1.1.", pick(3), ":80"));
      if (kind == 4) {
        row.id = RouteId(name());
        row.json = Cat(R"({"id":")", row.id.text(), R"(","name":")", row.name, "\"}");
      }
      engine::Source<Entity>& table = pick(3) == 0 ? others_ : entities_;
      if (pick(3) == 0)
        table.Erase(row.key());
      else
        table.Set(row);
    }
    std::shared_ptr<const Payload> payload = Build();
    if (pick(3) != 0) {
      copy.Take(MakePatch(builder_->contents, copy.version));
      ASSERT_TRUE(copy.rows == Copy::Of(*payload)) << "round " << round;
    }
    if (payload->count(EntityKind::kRoute) > 0 && pick(4) == 0) {
      PartRef ref{EntityKind::kRoute, pick(payload->count(EntityKind::kRoute))};
      refused_.Set({.object = payload->Origins(ref)[0],
                    .offers = kOffers,
                    .entity_kind = ref.kind,
                    .entity_id = payload->part(ref).id,
                    .fingerprint = payload->part(ref).fingerprint,
                    .message = "no"});
    }
    for (const RefusedEntity::Key& key : payload->lifted) refused_.Erase(key);
  }
}

}  // namespace
}  // namespace kong
