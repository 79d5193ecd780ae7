#include "io/snappy.h"

#include "gtest/gtest.h"

namespace io {
namespace {

using absl::StatusCode;

TEST(SnappyTest, WhatWasCompressedComesBack) {
  for (const std::string& text :
       {std::string(), std::string("x"), std::string(1'000'000, 'a'), std::string(3, '\0')}) {
    const auto back = Unsnap(Snap(text), text.size());
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_TRUE(*back == text);
  }
}

TEST(SnappyTest, TheLengthInFrontIsCheckedBeforeAnythingIsAllocated) {
  EXPECT_EQ(Unsnap("\xFF\xFF\xFF\xFF\x0F", 1 << 20).status().code(),
            StatusCode::kResourceExhausted);
  EXPECT_EQ(Unsnap(Snap("1234"), 3).status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(Unsnap("\xFF\xFF\xFF\xFF\x0F", uint64_t{1} << 40).status().code(),
            StatusCode::kDataLoss);
}

TEST(SnappyTest, DamageIsAnError) {
  const std::string good = Snap("a text, a text, a text, a text, a text, a text");
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(Unsnap(good.substr(0, size), 1000).status().code(), StatusCode::kDataLoss) << size;
  }
  EXPECT_FALSE(Unsnap(good + "x", 1000).ok());
  EXPECT_FALSE(Unsnap("{\"jsonrpc\":\"2.0\"}", 1000).ok());
}

}  // namespace
}  // namespace io
