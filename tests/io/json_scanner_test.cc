#include "io/json_scanner.h"

#include <string>

#include "gtest/gtest.h"

namespace io {
namespace {

using Token = JsonScanner::Token;

// One letter a token: braces and brackets, k s n t f 0(null), and . at the end or ! for an error.
std::string Shape(std::string_view json, size_t max_depth = 10) {
  constexpr std::string_view kLetters = "{}[]ksntf0.!";
  JsonScanner scanner(json, max_depth);
  std::string out;
  while (out.empty() || (out.back() != '.' && out.back() != '!')) {
    out += kLetters[static_cast<size_t>(scanner.Next())];
  }
  return out;
}

TEST(JsonScannerTest, CutsEveryKindOfToken) {
  EXPECT_EQ(Shape(R"( { "a" : [ 1 , "b" , true , false , null , { } , [ ] ] } )"),
            "{k[nstf0{}[]]}.");
}

TEST(JsonScannerTest, TokensAreTextsOfTheInput) {
  JsonScanner scanner(R"({"a\n":-1.5e+3})", 10);
  scanner.Next();
  scanner.Next();
  EXPECT_EQ(scanner.text(), R"("a\n")");
  scanner.Next();
  EXPECT_EQ(scanner.text(), "-1.5e+3");
  EXPECT_EQ(scanner.depth(), 1u);
}

TEST(JsonScannerTest, ReadsSeveralValuesInARow) {
  JsonScanner scanner("1 [2]", 10);
  EXPECT_EQ(scanner.Next(), Token::kNumber);
  EXPECT_EQ(scanner.Next(), Token::kEnd);
  EXPECT_EQ(scanner.rest(), "[2]");
  EXPECT_EQ(scanner.Next(), Token::kBeginArray);
}

TEST(JsonScannerTest, RefusesWhatTheGrammarDoes) {
  for (const char* bad :
       {"",        " ",         "[",           "]",       "{",          "[1",    "[1,",
        "[1,]",    "[,1]",      "{\"a\"",      "{\"a\":", "{\"a\":1,}", "{a:1}", "{1:1}",
        "[1 2]",   "{\"a\":1]", "01",          "-",       "1.",         ".5",    "1e",
        "+1",      "[0x1]",     "tru",         "True",    "\"",         "\"a",   "\"\\",
        "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\n\"",  "'a'",        "NaN"}) {
    EXPECT_EQ(Shape(bad).back(), '!') << bad;
  }
}

TEST(JsonScannerTest, DepthIsLimited) {
  EXPECT_EQ(Shape("[[1]]", 2), "[[n]].");
  EXPECT_EQ(Shape("[[[1]]]", 2), "[[!");
}

TEST(JsonScannerTest, DecodesStrings) {
  EXPECT_EQ(DecodeJsonString(R"("a\"\\\/\b\f\n\r\tz")"), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(DecodeJsonString(R"("\u0041\u00e9\u20AC\ud83d\ude00")"), "Aé€😀");
  EXPECT_EQ(DecodeJsonString(R"("\ud83dx\ude00\ud83d")"), "\uFFFDx\uFFFD\uFFFD");
  EXPECT_EQ(DecodeJsonString(R"("\ud83d\u0041")"), "\uFFFDA");
  EXPECT_EQ(DecodeJsonString("\"\""), "");
}

}  // namespace
}  // namespace io
