#include "kong/route_fragment.h"

#include "gtest/gtest.h"

namespace kong {
namespace {

TEST(RouteFragmentTest, OnlyRoutesWithTlsTakeSnis) {
  EXPECT_TRUE(TakesSnis({})) << "Kong's default is http and https";
  EXPECT_TRUE(TakesSnis({"http", "https"}));
  EXPECT_TRUE(TakesSnis({"grpcs"}));
  EXPECT_TRUE(TakesSnis({"tls_passthrough"}));
  EXPECT_FALSE(TakesSnis({"http"}));
  EXPECT_FALSE(TakesSnis({"grpc", "tcp"}));
}

}  // namespace
}  // namespace kong
