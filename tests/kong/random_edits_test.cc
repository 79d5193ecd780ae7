// Incremental equals from scratch, after every epoch of random edits, and Kong would take it.
// KDELTA_EDITS in the environment says how many edits; by default few, so that the test takes
// seconds in a debug build.
#include <cstdlib>

#include "engine/text.h"
#include "gtest/gtest.h"
#include "tests/kong/acceptance/acceptance.h"
#include "tests/kong/random_world.h"

namespace kong {
namespace {

size_t Edits() {
  const char* text = std::getenv("KDELTA_EDITS");
  return text ? static_cast<size_t>(engine::ParseInt(text).value_or(0)) : 1500;
}

class RandomEditsTest : public testing::TestWithParam<bool> {};

TEST_P(RandomEditsTest, AFreshGraphComputesTheSame) {
  Options options;
  options.expressions = GetParam();
  options.drain_support = GetParam();
  options.rewrite_uris = !GetParam();
  options.kong_service_facade = true;
  RandomWorld world(GetParam() ? 1 : 2, {}, options);
  const Acceptance kong(Acceptance::Judge::kCore, options.expressions);
  std::mt19937_64 random(7);
  size_t epoch = 0;
  for (size_t edits = 0; edits < Edits(); ++epoch) {
    for (size_t n = 1 + random() % 20; n > 0; --n, ++edits) world.Edit();
    world.Step();
    ASSERT_EQ(world.CompareHashes(), absl::OkStatus())
        << "epoch " << epoch << ": " << world.CheckAll();
    if (epoch % 64 != 63) continue;
    ASSERT_EQ(world.CheckAll(), absl::OkStatus()) << "epoch " << epoch;
    ASSERT_EQ(kong.Of(world.graph().entities).status, absl::OkStatus()) << "epoch " << epoch;
  }
  EXPECT_EQ(world.CheckAll(), absl::OkStatus());
  EXPECT_GT(world.graph().entities.size(), 20u) << "the world must not be empty";
}

INSTANTIATE_TEST_SUITE_P(Flavours, RandomEditsTest, testing::Bool(), [](const auto& test) {
  return test.param ? "Expressions" : "Traditional";
});

}  // namespace
}  // namespace kong
