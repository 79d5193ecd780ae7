#include "kong/lua_pattern.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

namespace kong {
namespace {

TEST(LuaPatternTest, FindsWhatLuaFinds) {
  struct Case {
    std::string_view pattern, text;
    bool found;
  };
  const Case cases[] = {
      {"//", "/a//b", true},
      {"//", "/a/b", false},
      {"^%u+$", "GET", true},
      {"^%u+$", "Get", false},
      {"^[^*]*%*?[^*]*$", "*.a", true},
      {"^[^*]*%*?[^*]*$", "*.*", false},
      {"%.%*$", "a.*", true},
      {"%.%*$", "a.*b", false},
      {"^[a-z][a-z%d-]-[a-z%d]+$", "my-env", true},
      {"^[a-z][a-z%d-]-[a-z%d]+$", "My", false},
      {"^[a-z][a-z%d-]-[a-z%d]+$", "a-", false},
      {"%w*%p*@+%w*%.?%w*", "a@b.c", true},
      {"^.*[^:]$", "a:", false},
      {"^[0-9]+-[0-9]+$", "200-299", true},
      {"^[^*&%%\\`]+$", "a%b", false},
      {"^[^*&%%\\`]+$", "/var/log", true},
      {"^[^:]+:.*$", "a:b", true},
      {"a$b", "a$b", true},
      {"^%D+$", "abc", true},
      {"^a.b$", "a\nb", true},
  };
  for (const Case& one : cases) {
    const auto twin = Re2OfLuaPattern(one.pattern);
    ASSERT_TRUE(twin) << one.pattern;
    EXPECT_EQ(RE2::PartialMatch(re2::StringPiece(one.text.data(), one.text.size()), *twin),
              one.found)
        << one.pattern << " in " << one.text << ": " << *twin;
  }
}

TEST(LuaPatternTest, WhatHasNoTwinIsNotTranslated) {
  for (std::string_view pattern : {"%bxy", "%f[a]", "(a)%1", "%", "[a", "[%D]"})
    EXPECT_FALSE(Re2OfLuaPattern(pattern)) << pattern;
}

}  // namespace
}  // namespace kong
