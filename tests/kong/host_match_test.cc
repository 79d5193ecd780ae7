#include "kong/host_match.h"

#include <string>

#include "gtest/gtest.h"

namespace kong {
namespace {

using engine::Symbol;

TEST(HostMatchTest, WhatTwoHostsHaveInCommonIsTheNarrowerOne) {
  struct Case {
    const char *a, *b;
    const char* common;  // Null: nothing.
  };
  for (const Case& c : {Case{"a.example", "a.example", "a.example"},
                        {"a.example", "b.example", nullptr},
                        {"", "a.example", "a.example"},
                        {"", "", ""},
                        {"*.example", "a.example", "a.example"},
                        {"*.example", "b.a.example", "b.a.example"},
                        {"*.example", "example", nullptr},
                        {"*.example", "*.a.example", "*.a.example"},
                        {"*.example", "*.example", "*.example"},
                        {"*.a.example", "*.b.example", nullptr},
                        {"*.example", "aexample", nullptr},
                        {"*", "a.example", nullptr}}) {
    std::optional<Symbol> one = Intersection(Symbol(c.a), Symbol(c.b));
    std::optional<Symbol> other = Intersection(Symbol(c.b), Symbol(c.a));
    EXPECT_EQ(one, other) << c.a << ' ' << c.b;
    if (c.common) {
      ASSERT_TRUE(one) << c.a << ' ' << c.b;
      EXPECT_EQ(one->text(), c.common);
    } else {
      EXPECT_FALSE(one) << c.a << ' ' << c.b;
    }
  }
}

}  // namespace
}  // namespace kong
