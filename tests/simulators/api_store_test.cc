#include "tools/simulators/api_store.h"

#include "engine/text.h"
#include "gtest/gtest.h"

namespace simulators {
namespace {

using engine::Cat;

Json Secret(const std::string& name, int value) {
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"metadata", {{"name", name}, {"namespace", "default"}}},
          {"data", {{"value", Cat(value)}}}};
}

class ApiStoreTest : public testing::Test {
 protected:
  void Set(const std::string& name, int value) {
    ASSERT_TRUE(
        std::holds_alternative<ApiObjectPtr>(store_.Apply(Secret(name, value), absl::UnixEpoch())));
  }
  size_t CountAt(int64_t revision) {
    return store_.List({secrets_, "", {}, revision, "", 0}).objects.size();
  }
  ApiStore store_{[] {
    ApiStore::Options options;
    options.events_kept = 100;
    return options;
  }()};
  const ApiResource* secrets_ = store_.Find("", "v1", "secrets");
};

TEST_F(ApiStoreTest, AnySnapshotCanBeReadUntilItIsCompacted) {
  int64_t empty = store_.revision();
  Set("a", 1);
  int64_t one = store_.revision();
  Set("b", 1);
  ASSERT_TRUE(std::holds_alternative<ApiObjectPtr>(
      store_.Delete({secrets_, "default", "a"}, {}, absl::UnixEpoch())));
  int64_t last = store_.revision();
  EXPECT_EQ(CountAt(empty), 0u);
  EXPECT_EQ(CountAt(one), 1u);
  EXPECT_EQ(CountAt(one + 1), 2u);
  EXPECT_EQ(CountAt(last), 1u);
  store_.Compact(one + 1);
  EXPECT_EQ(CountAt(one + 1), 2u);
  EXPECT_EQ(CountAt(last), 1u);
  EXPECT_EQ(store_.EventsSince(one + 1).size(), 1u);
}

TEST_F(ApiStoreTest, HistoryIsBounded) {
  for (int i = 0; i < 1000; ++i) Set("a", i);
  EXPECT_GT(store_.compacted(), 700);
  EXPECT_LE(store_.EventsSince(store_.compacted()).size(), 200u);
  EXPECT_EQ(store_.Count(*secrets_), 1u);
}

TEST_F(ApiStoreTest, ADeletedObjectsLastEventCarriesTheRevisionOfItsDeletion) {
  Set("a", 1);
  int64_t before = store_.revision();
  auto deleted = store_.Delete({secrets_, "default", "a"}, {}, absl::UnixEpoch());
  const ApiObject& last = *std::get<ApiObjectPtr>(deleted);
  EXPECT_EQ(last.revision, before + 1);
  EXPECT_EQ(FullTree(*secrets_, last)["metadata"]["resourceVersion"], Cat(before + 1));
}

TEST_F(ApiStoreTest, ARecreatedObjectHasANewUid) {
  Set("a", 1);
  Json first = FullTree(*secrets_, *store_.Get({secrets_, "default", "a"}));
  auto deleted = store_.Delete({secrets_, "default", "a"}, {}, absl::UnixEpoch());
  ASSERT_TRUE(std::holds_alternative<ApiObjectPtr>(deleted));
  Set("a", 1);
  Json second = FullTree(*secrets_, *store_.Get({secrets_, "default", "a"}));
  EXPECT_NE(first["metadata"]["uid"], second["metadata"]["uid"]);
}

TEST_F(ApiStoreTest, PreconditionsGuardADeletion) {
  Set("a", 1);
  ApiKey key{secrets_, "default", "a"};
  auto refused = store_.Delete(key, {"another-uid", ""}, absl::UnixEpoch());
  EXPECT_EQ(std::get<ApiError>(refused).code, 409);
  refused = store_.Delete(key, {"", "1"}, absl::UnixEpoch());
  EXPECT_EQ(std::get<ApiError>(refused).code, 409);
  EXPECT_NE(store_.Get(key), nullptr);
}

}  // namespace
}  // namespace simulators
