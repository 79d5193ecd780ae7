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
      {"^a|b$", "a|b", true},
      {"^a{2}$", "a{2}", true},
      {"^[^%w]$", "\xff", true},
      {"^[]]$", "]", true},
      {"^[%a%-]+$", "a-z", true},
      {"^(a+)*$", "aa*", true},
      {"^(a+)*$", "aa", false},
  };
  for (const Case& one : cases) {
    const auto twin = CompileLuaPattern(one.pattern);
    ASSERT_NE(twin, nullptr) << one.pattern;
    EXPECT_EQ(RE2::PartialMatch(re2::StringPiece(one.text.data(), one.text.size()), *twin),
              one.found)
        << one.pattern << " in " << one.text << ": " << twin->pattern();
  }
}

TEST(LuaPatternTest, WhatHasNoTwinIsNotTranslated) {
  for (std::string_view pattern : {"%bxy", "%f[a]", "(a)%1", "%", "[a", "[%D]", "(a"})
    EXPECT_EQ(CompileLuaPattern(pattern), nullptr) << pattern;
}

}  // namespace
}  // namespace kong
