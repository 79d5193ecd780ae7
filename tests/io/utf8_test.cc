#include "io/utf8.h"

#include <string>

#include "gtest/gtest.h"

namespace io {
namespace {

bool IsScalarValue(char32_t c) { return c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF); }

TEST(Utf8Test, EveryScalarValueIsOneWellFormedSequence) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (!IsScalarValue(c)) continue;
    std::string text;
    AppendUtf8(text, c);
    ASSERT_EQ(Utf8Length(text), text.size()) << static_cast<uint32_t>(c);
    ASSERT_EQ(Utf8Length(text + "\x80"), text.size()) << static_cast<uint32_t>(c);
    ASSERT_EQ(Utf8Length(text.substr(0, text.size() - 1)), 0u) << static_cast<uint32_t>(c);
  }
}

TEST(Utf8Test, SurrogatesAndWhatIsBeyondUnicodeAreMalformed) {
  for (char32_t c : {0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0x110000, 0x13FFFF}) {
    std::string text;
    AppendUtf8(text, c);
    EXPECT_EQ(Utf8Length(text), 0u) << static_cast<uint32_t>(c);
  }
}

TEST(Utf8Test, FindsTheFirstBadByte) {
  EXPECT_EQ(FindInvalidUtf8("Käse"), std::string_view::npos);
  EXPECT_EQ(FindInvalidUtf8(""), std::string_view::npos);
  EXPECT_EQ(FindInvalidUtf8("K\xC3"), 1u);
  EXPECT_EQ(FindInvalidUtf8("ab\xC0\x80"), 2u);
}

}  // namespace
}  // namespace io
