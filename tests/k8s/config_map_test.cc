#include "k8s/config_map.h"

#include "engine/row.h"
#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "k8s/parse.h"

namespace k8s {
namespace {

using ::testing::HasSubstr;

static_assert(engine::Row<ConfigMap>);

TEST(ConfigMapTest, KeepsTheLastTextOfAKeyAndNoBytes) {
  auto parsed = ParseObject<ConfigMap>(
      R"({"metadata": {"name": "ca", "namespace": "shop"}, "data": {"id": "1", "ca.crt": "x", "id": "2"},
          "binaryData": {"b": "AAAA"}})",
      {});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  ASSERT_NE(parsed->row.Find("id"), nullptr);
  EXPECT_EQ(*parsed->row.Find("id"), "2");
  EXPECT_EQ(parsed->row.data.size(), 2u);
  EXPECT_EQ(parsed->row.Find("b"), nullptr);
}

TEST(ConfigMapTest, NamesTheKeyOfAWrongValue) {
  auto parsed =
      ParseObject<ConfigMap>(R"({"metadata": {"name": "ca"}, "data": {"id": {"a": 1}}})", {});
  ASSERT_FALSE(parsed.ok());
  EXPECT_THAT(engine::MessageOf(parsed.status()), HasSubstr("ca: data.id: expected a string"));
}

}  // namespace
}  // namespace k8s
