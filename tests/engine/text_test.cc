#include "engine/text.h"

#include "gtest/gtest.h"

namespace engine {
namespace {

TEST(TextTest, CatJoinsTextCharactersAndIntegers) {
  EXPECT_EQ(Cat("port ", 80, '/', std::string("tcp"), -7), "port 80/tcp-7");
}

TEST(TextTest, ParseIntTakesWholeDecimalIntegersOnly) {
  EXPECT_EQ(ParseInt("42"), 42);
  EXPECT_EQ(ParseInt("+42"), 42);
  EXPECT_EQ(ParseInt("-9223372036854775808"), INT64_MIN);
  for (const char* bad : {"", " 1", "1 ", "0x10", "1.0", "9223372036854775808", "+-1", "--1"}) {
    EXPECT_EQ(ParseInt(bad), std::nullopt) << bad;
  }
}

TEST(TextTest, SplitKeepsEmptyParts) {
  EXPECT_EQ(Split("a,,b,", ',').size(), 4u);
  EXPECT_EQ(Split("", ',').size(), 1u);
}

TEST(TextTest, TrimTakesAsciiWhiteSpaceFromBothEnds) {
  EXPECT_EQ(Trim("\t a b \r\n"), "a b");
  EXPECT_EQ(Trim(" \n"), "");
}

TEST(TextTest, HexIsLowerCase) { EXPECT_EQ(Hex(std::string_view("\x00\xff\x1a", 3)), "00ff1a"); }

TEST(TextTest, AnnotateKeepsTheCodeAndAnOkStatus) {
  EXPECT_EQ(Annotate(NotFound("port 80"), "shop/cart").ToString(), "NOT_FOUND: shop/cart: port 80");
  EXPECT_TRUE(Annotate(absl::OkStatus(), "shop/cart").ok());
}

}  // namespace
}  // namespace engine
