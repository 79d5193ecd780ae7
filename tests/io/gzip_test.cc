#include "io/gzip.h"

#include "gtest/gtest.h"

namespace io {
namespace {

using absl::StatusCode;

TEST(GzipTest, WhatWasCompressedComesBack) {
  std::string mixed;
  for (int i = 0; i < 300'000; ++i) mixed += static_cast<char>(i * 2654435761U >> 24);
  for (const std::string& text : {std::string(), std::string("x"), std::string(1'000'000, 'a'),
                                  std::string(3, '\0'), mixed}) {
    const auto back = Gunzip(Gzip(text), text.size());
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_TRUE(*back == text);
  }
  EXPECT_LT(Gzip(std::string(1'000'000, 'a')).size(), 2'000U);
}

TEST(GzipTest, ABombEndsAtTheLimit) {
  const std::string bomb = Gzip(std::string(200 << 20, 'a'), 9);
  EXPECT_LT(bomb.size(), 1U << 20);
  EXPECT_EQ(Gunzip(bomb, 1 << 20).status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(Gunzip(Gzip("1234"), 3).status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(Gunzip(Gzip("1"), 0).status().code(), StatusCode::kResourceExhausted);
}

TEST(GzipTest, DamageIsAnError) {
  const std::string good = Gzip("a text that is long enough to be worth damaging");
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(Gunzip(good.substr(0, size), 1000).status().code(), StatusCode::kDataLoss) << size;
  }
  std::string flipped = good;
  flipped[good.size() / 2] ^= 0x55;
  EXPECT_FALSE(Gunzip(flipped, 1000).ok());
  EXPECT_FALSE(Gunzip(good + "x", 1000).ok());
  EXPECT_FALSE(Gunzip(good + good, 1000).ok());
  EXPECT_FALSE(Gunzip("{\"type\":\"reconfigure\"}", 1000).ok());
}

}  // namespace
}  // namespace io
