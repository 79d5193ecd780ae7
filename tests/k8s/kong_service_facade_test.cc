#include "k8s/kong_service_facade.h"

#include "engine/row.h"
#include "gtest/gtest.h"
#include "k8s/parse.h"

namespace k8s {
namespace {

static_assert(engine::Row<KongServiceFacade>);

TEST(KongServiceFacadeTest, ReadsTheServiceBehindIt) {
  auto parsed = ParseObject<KongServiceFacade>(
      R"({"metadata": {"name": "f", "namespace": "shop", "annotations": {"konghq.com/path": "/p", "other": "x"}},
          "spec": {"backendRef": {"name": "cart", "port": 80}}})",
      {.annotation_prefixes = {"konghq.com/"}, .label_prefixes = {}});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->row.service, engine::Symbol("cart"));
  EXPECT_EQ(parsed->row.port, 80);
  EXPECT_EQ(parsed->row.meta.annotations.size(), 1u);
}

}  // namespace
}  // namespace k8s
