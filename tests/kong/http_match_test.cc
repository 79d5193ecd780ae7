#include "kong/http_match.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kong/route_order.h"

namespace kong {
namespace {

using k8s::HttpMatch;
using k8s::HttpPathType;
using testing::ElementsAre;
using testing::Pair;

HttpMatch Match(HttpPathType type, std::string path) {
  HttpMatch match;
  match.path_type = type;
  match.path = std::move(path);
  return match;
}

std::vector<std::string> Paths(const HttpMatch& match, bool captures = false) {
  std::vector<std::string> paths;
  AppendPaths(match, captures, paths);
  return paths;
}

TEST(HttpMatchTest, PathsOfATraditionalRoute) {
  EXPECT_THAT(Paths(Match(HttpPathType::kPrefix, "/")), ElementsAre("~/$", "/"));
  EXPECT_THAT(Paths(Match(HttpPathType::kPrefix, "/foo")), ElementsAre("~/foo$", "/foo/"));
  EXPECT_THAT(Paths(Match(HttpPathType::kPrefix, "/foo/")), ElementsAre("~/foo$", "/foo/"));
  EXPECT_THAT(Paths(Match(HttpPathType::kExact, "/a.b")), ElementsAre("~/a\\.b$"));
  EXPECT_THAT(Paths(Match(HttpPathType::kRegex, "/v[0-9]+")), ElementsAre("~/v[0-9]+"));
}

TEST(HttpMatchTest, ARegexWithoutALeadingSlashIsKeptWhole) {
  EXPECT_THAT(Paths(Match(HttpPathType::kRegex, "^/v1")), ElementsAre("~/v1"));
  EXPECT_THAT(Paths(Match(HttpPathType::kRegex, ".*/v1|/v2")), ElementsAre("~/{0}(?:.*/v1|/v2)"));
}

TEST(HttpMatchTest, TheRestBehindAPrefixIsCaptured) {
  EXPECT_THAT(Paths(Match(HttpPathType::kPrefix, "/foo/"), true),
              ElementsAre("~/foo$", "~/foo(/.*)"));
  EXPECT_THAT(Paths(Match(HttpPathType::kPrefix, "/"), true), ElementsAre("~/$", "~/(.*)"));
}

TEST(HttpMatchTest, OfHeadersWithOneNameTheFirstCounts) {
  HttpMatch match;
  match.headers = {{"X-B", "1", false, ""}, {"x-b", "2", false, ""}, {"X-A", "a.*", true, ""}};
  EXPECT_THAT(HeadersOf(match),
              ElementsAre(Pair("X-A", ElementsAre("~*a.*")), Pair("X-B", ElementsAre("1"))));
  EXPECT_EQ(ExpressionOf(match, false),
            R"((http.path ^= "/") && ((http.headers.x_a ~ "a.*") && (http.headers.x_b == "1")))");
}

TEST(HttpMatchTest, ExpressionsOfPaths) {
  EXPECT_EQ(ExpressionOf(Match(HttpPathType::kPrefix, "/foo/"), false),
            R"((http.path == "/foo") || (http.path ^= "/foo/"))");
  EXPECT_EQ(ExpressionOf(Match(HttpPathType::kPrefix, "/a.b"), true),
            R"x((http.path == "/a.b") || (http.path ~ "^/a\\.b(/.*)"))x");
  EXPECT_EQ(ExpressionOf(Match(HttpPathType::kRegex, "/v[0-9]"), false),
            R"(http.path ~ "^/v[0-9]")");
}

TEST(HttpMatchTest, LiteralPathsAreWrittenInKongsNormalForm) {
  EXPECT_THAT(Paths(Match(HttpPathType::kPrefix, "/%66oo//bar")),
              ElementsAre("~/foo/bar$", "/foo/bar/"));
  EXPECT_THAT(Paths(Match(HttpPathType::kExact, "/a/./b")), ElementsAre("~/a/b$"));
  HttpMatch odd = Match(HttpPathType::kExact, "/%66oo"), even = Match(HttpPathType::kExact, "/foo");
  EXPECT_EQ(ExpressionOf(odd, false), R"(http.path == "/foo")");
  EXPECT_EQ(PriorityOf(odd, "h"), PriorityOf(even, "h"));
  EXPECT_EQ(PatternOf(odd, "h", "").fields(), PatternOf(even, "h", "").fields());
}

TEST(HttpMatchTest, QueriesAreRefusedInTheTraditionalFlavourOnly) {
  HttpMatch match;
  match.queries = {{"page", "1", false, ""}};
  EXPECT_TRUE(CheckMatch(match, true).ok());
  EXPECT_FALSE(CheckMatch(match, false).ok());
}

TEST(HttpMatchTest, NamesThatExpressionsCannotSpellAreRefused) {
  HttpMatch match;
  match.queries = {{"foo-bar", "1", false, ""}};
  EXPECT_FALSE(CheckMatch(match, true).ok());
  match.queries.clear();
  match.headers = {{"x!y", "1", false, ""}};
  EXPECT_FALSE(CheckMatch(match, true).ok());
  EXPECT_TRUE(CheckMatch(match, false).ok());
  match.headers = {{"", "1", false, ""}};
  EXPECT_FALSE(CheckMatch(match, true).ok());
}

TEST(HttpMatchTest, BrokenRegexesAreRefused) {
  EXPECT_FALSE(CheckMatch(Match(HttpPathType::kRegex, "/(a"), true).ok());
  EXPECT_FALSE(CheckMatch(Match(HttpPathType::kRegex, std::string("/[\0", 3)), true).ok());
  EXPECT_TRUE(CheckMatch(Match(HttpPathType::kRegex, "/(?!a)"), false).ok());
}

TEST(HttpMatchTest, PrioritiesAreThoseOfTheIngressController) {
  HttpMatch match = Match(HttpPathType::kExact, "/a");
  EXPECT_EQ(PriorityOf(match, ""), uint64_t{2} << 44 | uint64_t{1} << 34 | 1 << 23);
  match.method = "GET";
  match.headers = {{"a", "b", false, ""}};
  EXPECT_EQ(PriorityOf(match, "a.b"), uint64_t{2} << 44 | uint64_t{1} << 43 | uint64_t{3} << 35 |
                                          uint64_t{1} << 34 | 1 << 23 | 1 << 22 | 1 << 17);
}

TEST(HttpMatchTest, WhatDoesNotCountHasNoWeight) {
  HttpMatch once, twice;
  once.headers = {{"a", "b", false, ""}};
  twice.headers = {{"a", "b", false, ""}, {"A", "c", false, ""}};
  EXPECT_EQ(PriorityOf(once, ""), PriorityOf(twice, ""));
}

TEST(HttpMatchTest, HugeMatchesDoNotReachIntoNeighbouringBits) {
  HttpMatch match = Match(HttpPathType::kPrefix, engine::Cat("/", std::string(5'000, 'a')));
  for (int i = 0; i < 100; ++i) match.headers.push_back({engine::Cat("h", i), "v", false, ""});
  EXPECT_EQ(PriorityOf(match, "") >> 33, uint64_t{2} << 11);
}

TEST(HttpMatchTest, MatchesOfDifferentPathsAreToldApart) {
  HttpMatch a = Match(HttpPathType::kPrefix, "/a"), b = Match(HttpPathType::kPrefix, "/b");
  EXPECT_NE(PatternOf(a, "h", "").apart, PatternOf(b, "h", "").apart);
  a.path_type = b.path_type = HttpPathType::kRegex;
  EXPECT_EQ(PatternOf(a, "h", "").apart, PatternOf(b, "h", "").apart);
  EXPECT_NE(PatternOf(a, "h", "").rest, PatternOf(b, "h", "").rest);
}

}  // namespace
}  // namespace kong
