#include "kong/hybrid/delta_encoder.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kong/json_tree.h"
#include "tests/kong/hybrid/fake_source.h"

namespace kong {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class DeltaEncoderTest : public testing::Test {
 protected:
  Json Encode(const Patch& patch, const DeltaShape& shape) {
    deltas_ = EncodeDeltas(patch, schemas_, shape);
    std::optional<Json> tree = ParseJson(deltas_.result);
    EXPECT_TRUE(tree) << deltas_.result;
    return AtPath(*tree, "default");
  }
  FakeSchemas schemas_;
  Deltas deltas_;
};

TEST_F(DeltaEncoderTest, WritesACompleteEntity) {
  Patch patch{.from = 5, .to = 7, .upserts = {Row(EntityKind::kService, "a")}, .removals = {}};
  Json result = Encode(patch, {.version = 7, .stamp_s = 1795421861});
  EXPECT_EQ(result["wipe"], false);
  ASSERT_THAT(result["deltas"], SizeIs(1));
  const Json& delta = result["deltas"][0];
  const std::string id = patch.upserts[0].id.text();
  EXPECT_EQ(delta["type"], "services");
  EXPECT_EQ(delta["version"], 7);
  EXPECT_EQ(delta["ws_id"], std::string(kDefaultWorkspace));
  EXPECT_EQ(delta["pk"]["id"], id);
  EXPECT_EQ(delta["entity"]["id"], id);
  EXPECT_EQ(delta["entity"]["retries"], 5) << "a default of the schema";
  EXPECT_EQ(delta["entity"]["updated_at"], 1795421861);
  EXPECT_EQ(delta["entity"]["ws_id"], std::string(kDefaultWorkspace));
  EXPECT_TRUE(delta["entity"]["created_at"].is_number_integer());
}

TEST_F(DeltaEncoderTest, RemovesBeforeItInserts) {
  Patch patch{.from = 5,
              .to = 7,
              .upserts = {Row(EntityKind::kService, "a")},
              .removals = {Row(EntityKind::kRoute, "r").key()}};
  Json result = Encode(patch, {.version = 7});
  ASSERT_THAT(result["deltas"], SizeIs(2));
  EXPECT_EQ(result["deltas"][0]["type"], "routes");
  EXPECT_TRUE(result["deltas"][0]["entity"].is_null());
  EXPECT_EQ(result["deltas"][0]["pk"]["id"], patch.removals[0].id.text());
  EXPECT_EQ(result["deltas"][1]["type"], "services");
}

TEST_F(DeltaEncoderTest, AFullSyncBeginsWithTheDefaultWorkspace) {
  Patch patch{.from = 0, .to = 7, .upserts = {Row(EntityKind::kService, "a")}, .removals = {}};
  Json result = Encode(patch, {.version = 7, .full = true});
  EXPECT_EQ(result["wipe"], true);
  EXPECT_FALSE(result.contains("full_sync"));
  ASSERT_THAT(result["deltas"], SizeIs(2));
  EXPECT_EQ(result["deltas"][0]["type"], "workspaces");
  EXPECT_EQ(result["deltas"][0]["entity"]["name"], "default");
  EXPECT_EQ(result["deltas"][0]["entity"]["id"], std::string(kDefaultWorkspace));
  EXPECT_FALSE(result["deltas"][1].contains("pk")) << "as Kong's own control plane has it";
}

TEST_F(DeltaEncoderTest, LaterDataPlanesGetVersionsAsText) {
  Patch patch{.from = 0, .to = 7, .upserts = {Row(EntityKind::kService, "a")}, .removals = {}};
  Json result = Encode(patch, {.version = 7, .spelling = VersionSpelling::kText, .full = true});
  EXPECT_EQ(result["wipe"], true);
  EXPECT_EQ(result["full_sync"], true);
  EXPECT_EQ(result["deltas"][1]["version"], "v02_0000000000000000000000000007");
}

TEST_F(DeltaEncoderTest, LeavesOutWhatCannotBeCompletedAndWhatRefersToIt) {
  Entity service = Row(EntityKind::kService, "a", R"("broken":1)");
  Entity route =
      Row(EntityKind::kRoute, "r", engine::Cat(R"("service":")", service.id.text(), '"'));
  Patch patch{.from = 0, .to = 7, .upserts = {service, route}, .removals = {}};
  Json result = Encode(patch, {.version = 7, .full = true});
  EXPECT_THAT(result["deltas"], SizeIs(1)) << "the workspace";
  ASSERT_THAT(deltas_.failures, SizeIs(1));
  EXPECT_EQ(deltas_.failures[0].entity_id, service.id);
  EXPECT_EQ(deltas_.failures[0].object.text(), "Service ns/a");
  EXPECT_THAT(deltas_.failures[0].message, HasSubstr("broken"));
}

TEST_F(DeltaEncoderTest, APluginWithoutASchemaIsAFailureThatNamesTheRemedy) {
  Patch patch{.from = 0, .to = 7, .upserts = {Row(EntityKind::kPlugin, "unknown")}, .removals = {}};
  Encode(patch, {.version = 7, .full = true});
  ASSERT_THAT(deltas_.failures, SizeIs(1));
  EXPECT_THAT(deltas_.failures[0].message, HasSubstr("KONG_CLUSTER_INCREMENTAL_SYNC=off"));
}

TEST_F(DeltaEncoderTest, CredentialsHaveNoTimeOfUpdateAndAuthoritiesNoWorkspace) {
  Patch patch{.from = 1,
              .to = 7,
              .upserts = {Row(EntityKind::kCaCertificate, "ca"), Row(EntityKind::kKeyAuth, "k")},
              .removals = {}};
  Json result = Encode(patch, {.version = 7});
  EXPECT_FALSE(result["deltas"][0]["entity"].contains("ws_id"));
  EXPECT_FALSE(result["deltas"][1]["entity"].contains("updated_at"));
  EXPECT_THAT(deltas_.failures, IsEmpty());
}

TEST(StampSourceTest, GrowsWithinASecondButNotWithinAVersion) {
  StampSource stamps;
  EXPECT_EQ(stamps.For(1, absl::FromUnixSeconds(100)), 100);
  EXPECT_EQ(stamps.For(2, absl::FromUnixSeconds(100)), 101);
  EXPECT_EQ(stamps.For(2, absl::FromUnixSeconds(101)), 101);
  EXPECT_EQ(stamps.For(3, absl::FromUnixSeconds(50)), 102);
  EXPECT_EQ(stamps.For(4, absl::FromUnixSeconds(200)), 200);
}

}  // namespace
}  // namespace kong
