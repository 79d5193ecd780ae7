#include "kong/patch.h"

#include "engine/executor.h"
#include "engine/graph.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Needs kOffers = kNeedsTraditional;

Entity Named(EntityKind kind, std::string name, std::string json = "{}", Needs needs = 0) {
  EntityId id = DeriveId(ArrayName(kind), name);
  return {.kind = kind,
          .id = id,
          .needs = needs,
          .name = std::move(name),
          .json = std::move(json),
          .origins = {}};
}

class PatchTest : public testing::Test {
 protected:
  PatchTest()
      : graph_(engine::NewSerialExecutor()),
        entities_(graph_.AddSource<Entity>("entities")),
        others_(graph_.AddSource<Entity>("others")),
        refused_(graph_.AddSource<RefusedEntity>("refused")),
        contents_(graph_, {{&entities_, &others_}, &refused_}, kOffers) {
    entities_.KeepFeed();
    others_.KeepFeed();
    refused_.KeepFeed();
  }
  Patch Since(engine::Version from) {
    graph_.Step();
    contents_.Update();
    return MakePatch(contents_, from);
  }
  static std::vector<std::string> Names(const Patch& patch) {
    std::vector<std::string> names;
    for (const Entity& entity : patch.upserts) names.push_back(entity.name);
    return names;
  }

  engine::Graph graph_;
  engine::Source<Entity>& entities_;
  engine::Source<Entity>& others_;
  engine::Source<RefusedEntity>& refused_;
  ClassContents contents_;
};

TEST_F(PatchTest, UpsertsComeParentsFirstAndRemovalsChildrenFirst) {
  Entity service = Named(EntityKind::kService, "s"), route = Named(EntityKind::kRoute, "r"),
         target = Named(EntityKind::kTarget, "t");
  for (const Entity& row : {target, route, service}) entities_.Set(row);
  Patch all = Since(0);
  EXPECT_THAT(Names(all), ElementsAre("s", "r", "t"));
  EXPECT_THAT(all.removals, IsEmpty());

  for (const Entity& row : {service, route, target}) entities_.Erase(row.key());
  Patch none = Since(all.to);
  EXPECT_THAT(none.removals, ElementsAre(target.key(), route.key(), service.key()));
}

TEST_F(PatchTest, HoldsOnlyWhatChanged) {
  entities_.Set(Named(EntityKind::kService, "a"));
  entities_.Set(Named(EntityKind::kService, "b"));
  Patch all = Since(0);
  entities_.Set(Named(EntityKind::kService, "b", "{\"x\":1}"));
  Patch change = Since(all.to);
  EXPECT_THAT(Names(change), ElementsAre("b"));
  EXPECT_TRUE(Since(change.to).empty());
}

TEST_F(PatchTest, WhatAClassCannotTakeAnyMoreIsRemoved) {
  entities_.Set(Named(EntityKind::kService, "a"));
  Patch all = Since(0);
  Entity enterprise = Named(EntityKind::kService, "a", "{}", kNeedsEnterprise);
  entities_.Set(enterprise);
  EXPECT_THAT(Since(all.to).removals, ElementsAre(enterprise.key()));
}

TEST_F(PatchTest, WhatMovesBetweenTablesIsNotRemoved) {
  Entity row = Named(EntityKind::kService, "a");
  entities_.Set(row);
  Patch all = Since(0);
  entities_.Erase(row.key());
  others_.Set(row);
  Patch change = Since(all.to);
  EXPECT_THAT(Names(change), ElementsAre("a"));
  EXPECT_THAT(change.removals, IsEmpty());
}

TEST_F(PatchTest, StartsAfreshWhenTheFeedDoesNotReachBack) {
  entities_.Set(Named(EntityKind::kService, "a"));
  engine::Version old = Since(0).to;
  // A feed is compacted once it is much longer than its table.
  for (int i = 0; i < 1100; ++i) {
    entities_.Set(Named(EntityKind::kService, "b", engine::Cat("{\"x\":", i, "}")));
    graph_.Step();
    contents_.Update();
  }
  Patch patch = Since(old);
  EXPECT_EQ(patch.from, 0u);
  EXPECT_THAT(patch.upserts, testing::SizeIs(2));
}

TEST_F(PatchTest, HoldsBackTheFeedForACopyThatIsBehind) {
  entities_.Set(Named(EntityKind::kService, "a"));
  engine::Version old = Since(0).to;
  contents_.Hold(old);
  for (int i = 0; i < 1100; ++i) {
    entities_.Set(Named(EntityKind::kService, "b", engine::Cat("{\"x\":", i, "}")));
    graph_.Step();
    contents_.Update();
  }
  Patch patch = Since(old);
  EXPECT_EQ(patch.from, old);
  EXPECT_THAT(Names(patch), ElementsAre("b"));
}

TEST_F(PatchTest, WhatMustStayOutIsARemovalAndComesBack) {
  Entity service = Named(EntityKind::kService, "a");
  Entity child =
      Named(EntityKind::kPlugin, "p", engine::Cat(R"({"service":")", service.id.text(), "\"}"));
  for (const Entity& row : {service, child}) entities_.Set(row);
  Patch all = Since(0);
  EXPECT_THAT(Names(all), ElementsAre("a", "p"));
  entities_.Erase(service.key());
  Patch without = Since(all.to);
  EXPECT_THAT(without.removals, ElementsAre(child.key(), service.key()));
  entities_.Set(service);
  EXPECT_THAT(Names(Since(without.to)), ElementsAre("a", "p"));
}

}  // namespace
}  // namespace kong
