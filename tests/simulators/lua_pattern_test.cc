#include "tools/simulators/lua_pattern.h"

#include "gtest/gtest.h"

namespace simulators {
namespace {

TEST(LuaPatternTest, MatchesAsLuaDoes) {
  struct Case {
    const char* text;
    const char* pattern;
    bool matches;
  };
  const Case cases[] = {{"GET", "^%u+$", true},
                        {"get", "^%u+$", false},
                        {"*.example", "^%*%.", true},
                        {"a.*", "%.%*$", true},
                        {"a*b", "^[^*]*$", false},
                        {"*a*", "^[^*]*%*?[^*]*$", false},
                        {"a//b", "//", true},
                        {"my-env1", "^[a-z][a-z%d-]-[a-z%d]+$", true},
                        {"1env", "^[a-z][a-z%d-]-[a-z%d]+$", false},
                        {"Host", "^[Hh][Oo][Ss][Tt]$", true},
                        {"a.b", "^a.b$", true},
                        {"a|b", "^a|b$", true},
                        {"a{2}", "^a{2}$", true},
                        {"x\ny", "^x.y$", true},
                        {"\xff", "^[^%w]$", true},
                        {"a1", "^%D%d$", true},
                        {"]", "^[]]$", true},
                        {"a-z", "^[%a%-]+$", true}};
  for (const Case& one : cases) {
    EXPECT_EQ(MatchesLuaPattern(one.text, one.pattern), one.matches)
        << one.text << " " << one.pattern;
  }
}

TEST(LuaPatternTest, WhatHasNoTwinPasses) {
  for (const char* pattern : {"%b()", "%f[%w]", "(a)%1", "[abc", "%"}) {
    EXPECT_TRUE(MatchesLuaPattern("anything", pattern)) << pattern;
  }
}

}  // namespace
}  // namespace simulators
