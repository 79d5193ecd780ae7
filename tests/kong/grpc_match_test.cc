#include "kong/grpc_match.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

k8s::GrpcMatch Match(std::string service, std::string method, bool regex = false) {
  k8s::GrpcMatch match;
  match.has_method = true;
  match.regex = regex;
  match.service = std::move(service);
  match.method = std::move(method);
  return match;
}

TEST(GrpcMatchTest, PathsAndExpressions) {
  struct Case {
    k8s::GrpcMatch match;
    std::string path, expression;
  };
  for (const Case& c : {
           Case{Match("pkg.S", "Do"), "~/pkg\\.S/Do$", R"(http.path == "/pkg.S/Do")"},
           Case{Match("pkg.S", ""), "/pkg.S/", R"(http.path ^= "/pkg.S/")"},
           Case{Match("", "Do"), "~/[^/]+/Do$", R"(http.path =^ "/Do")"},
           Case{Match("", ""), "/", R"(http.path ^= "/")"},
           Case{Match("a|b", "Do.*", true), "~/(?:a|b)/Do.*", R"(http.path ~ "^/(?:a|b)/Do.*")"},
           Case{Match("p.+", "", true), "~/p.+/.+", R"(http.path ~ "^/p.+/.+")"},
       }) {
    EXPECT_EQ(GrpcPath(c.match), c.path);
    EXPECT_EQ(MethodExpression(c.match), c.expression);
  }
  EXPECT_EQ(GrpcPath({}), "/");
  EXPECT_EQ(MethodExpression({}), "");
}

TEST(GrpcMatchTest, RegexHeadersStayRegexes) {
  k8s::GrpcMatch match;
  match.headers = {{"X-A", "a.*", true, ""}};
  EXPECT_EQ(HeadersOf(match)[0].second[0], "~*a.*");
  EXPECT_EQ(HeaderExpression(match), R"(http.headers.x_a ~ "a.*")");
}

TEST(GrpcMatchTest, PrioritiesAreThoseOfTheIngressController) {
  EXPECT_EQ(PriorityOf(Match("abc", "de"), "h"),
            uint64_t{1} << 44 | uint64_t{1} << 43 | uint64_t{1} << 35 | 3 << 24 | 2 << 13);
}

TEST(GrpcMatchTest, NamesThatDifferTellMatchesApart) {
  using Exact = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(PatternOf(Match("a", "b"), "h", "").exact, (Exact{{"m:", "b"}, {"s:", "a"}}));
  EXPECT_EQ(PatternOf(Match("a", ""), "h", "").exact, (Exact{{"s:", "a"}}));
  EXPECT_EQ(PatternOf(Match("a", ""), "h", "").rest, PatternOf(Match("", "b"), "h", "").rest);
  EXPECT_TRUE(PatternOf(Match("a", "b", true), "h", "").exact.empty());
  EXPECT_NE(PatternOf(Match("a", "b", true), "h", "").rest,
            PatternOf(Match("a", "c", true), "h", "").rest);
}

TEST(GrpcMatchTest, AServiceWhosePrefixKongWouldNotTakeStaysARegex) {
  EXPECT_EQ(GrpcPath(Match("a/..", "")), "~/a/\\.\\./");
}

TEST(GrpcMatchTest, WhatCannotBeServedIsRefused) {
  EXPECT_FALSE(CheckMatch(Match("(", "a", true), true).ok());
  k8s::GrpcMatch match;
  match.headers = {{"x y", "1", false, ""}};
  EXPECT_FALSE(CheckMatch(match, true).ok());
  match.headers = {{"host", "1", false, ""}};
  EXPECT_FALSE(CheckMatch(match, false).ok());
  match.headers.clear();
  match.unknown_type = "Glob";
  EXPECT_FALSE(CheckMatch(match, true).ok());
}

}  // namespace
}  // namespace kong
