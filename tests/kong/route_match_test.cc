#include "kong/route_match.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

using k8s::PathType;
using testing::ElementsAre;

std::vector<std::string> Paths(std::string_view path, PathType type, const RegexMarks& marks = {}) {
  std::vector<std::string> out;
  AppendTraditionalPaths(path, type, marks, out);
  return out;
}

TEST(RouteMatchTest, CollapsesRepeatedSlashes) {
  EXPECT_EQ(CollapseSlashes("//a///b//"), "/a/b/");
  EXPECT_EQ(CollapseSlashes("///"), "/");
  EXPECT_EQ(CollapseSlashes(""), "/");
  EXPECT_EQ(CollapseSlashes("a"), "a");
}

TEST(RouteMatchTest, PathsOfATraditionalRoute) {
  struct Case {
    std::string_view path;
    PathType type;
    std::vector<std::string> paths;
  };
  for (const Case& c : std::vector<Case>{
           {"/", PathType::kPrefix, {"/"}},
           {"/foo", PathType::kPrefix, {"/foo/", "~/foo$"}},
           {"/foo/", PathType::kPrefix, {"/foo/", "~/foo$"}},
           {"/foo", PathType::kExact, {"~/foo$"}},
           {"/foo/", PathType::kExact, {"~/foo/$"}},
           {"/", PathType::kExact, {"~/$"}},
           {"/foo", PathType::kImplementationSpecific, {"/foo"}},
           {"/foo", PathType::kUnset, {"/foo"}},
           {"/~/v[0-9]+", PathType::kImplementationSpecific, {"~/v[0-9]+"}},
           {"~/direct", PathType::kImplementationSpecific, {"~/direct"}},
           {"/x", PathType::kOther, {}},
       }) {
    EXPECT_EQ(Paths(c.path, c.type), c.paths) << c.path;
  }
}

TEST(RouteMatchTest, ALiteralPathIsEscapedInItsRegex) {
  EXPECT_THAT(Paths("/a.b", PathType::kExact), ElementsAre("~/a\\.b$"));
  EXPECT_THAT(Paths("/v1.0", PathType::kPrefix), ElementsAre("/v1.0/", "~/v1\\.0$"));
  EXPECT_EQ(EscapeRegex("a-b_c~d"), "a-b_c~d");
  EXPECT_EQ(EscapeRegex("()[]{}^$.*+?|\\"), "\\(\\)\\[\\]\\{\\}\\^\\$\\.\\*\\+\\?\\|\\\\");
}

TEST(RouteMatchTest, APathWithTheRegexPrefixKeepsTheControllersForm) {
  EXPECT_THAT(Paths("/~/exact/\\d+", PathType::kExact), ElementsAre("~/~/exact/\\d+$"));
  EXPECT_THAT(Paths("/~/prefix/\\d+", PathType::kPrefix),
              ElementsAre("~/prefix/\\d+/", "~/~/prefix/\\d+$"));
}

TEST(RouteMatchTest, AnAnnotationMayNameAnotherRegexPrefix) {
  RegexMarks marks{.prefix = "/@"};
  EXPECT_THAT(Paths("/@/v[0-9]+", PathType::kImplementationSpecific, marks),
              ElementsAre("~/v[0-9]+"));
  EXPECT_THAT(Paths("/~/left-alone", PathType::kImplementationSpecific, marks),
              ElementsAre("/~/left-alone"));
}

TEST(RouteMatchTest, LegacyDetectionTakesUnusualCharactersForARegex) {
  RegexMarks marks{.legacy_detection = true};
  EXPECT_THAT(Paths("/foo/(bar|baz)", PathType::kImplementationSpecific, marks),
              ElementsAre("~/foo/(bar|baz)"));
  EXPECT_THAT(Paths("/plain", PathType::kImplementationSpecific, marks), ElementsAre("/plain"));
  EXPECT_THAT(Paths("/x+", PathType::kPrefix, marks), ElementsAre("~/x+/", "~/x+$"));
  EXPECT_THAT(Paths("/e{1}", PathType::kExact, marks), ElementsAre("~/e{1}$"));
  EXPECT_TRUE(LooksLikeRegex("/a b"));
  EXPECT_TRUE(LooksLikeRegex(std::string_view("/a\0b", 4)));
  EXPECT_FALSE(LooksLikeRegex("/a.b-c_d~e%20"));
}

TEST(RouteMatchTest, ExpressionsOfHosts) {
  auto of = [](std::vector<std::string_view> hosts) {
    return ExpressionOf({.hosts = std::move(hosts)});
  };
  EXPECT_EQ(of({"a.example"}), "http.host == \"a.example\"");
  EXPECT_EQ(of({"*.a.example", "b.example"}),
            "(http.host =^ \".a.example\") || (http.host == \"b.example\")");
  EXPECT_EQ(of({"a.*"}), "http.host ^= \"a.\"");
  EXPECT_EQ(of({"xn--p1ai.example"}), "http.host == \"xn--p1ai.example\"");
}

TEST(RouteMatchTest, ExpressionsOfPaths) {
  auto of = [](std::string_view path, PathType type) {
    return ExpressionOf({.paths = {{path, type}}});
  };
  EXPECT_EQ(of("/", PathType::kPrefix), "http.path ^= \"/\"");
  EXPECT_EQ(of("/foo", PathType::kPrefix), "(http.path == \"/foo\") || (http.path ^= \"/foo/\")");
  EXPECT_EQ(of("/foo", PathType::kExact), "http.path == \"/foo\"");
  EXPECT_EQ(of("/foo", PathType::kImplementationSpecific), "http.path ^= \"/foo\"");
  EXPECT_EQ(of("/~/v[0-9]+", PathType::kImplementationSpecific), "http.path ~ \"^/v[0-9]+\"");
  EXPECT_EQ(of("/~^/odd$", PathType::kImplementationSpecific), "http.path ~ \"^/odd$\"");
  EXPECT_EQ(of("/~", PathType::kImplementationSpecific), "http.path ~ \"^/\"");
  EXPECT_EQ(of("/~/exact/\\d+", PathType::kExact), "http.path == \"/~/exact/\\\\d+\"");
}

TEST(RouteMatchTest, AnExpressionOfEverything) {
  Criteria criteria{
      .hosts = {"all.example.com", "alias.example.com"},
      .paths = {{"/api", PathType::kPrefix}, {"/~/re/(\\d+)", PathType::kImplementationSpecific}},
      .headers = {{"X-A", {"b", "~*c.*"}}},
      .methods = {"GET", "HEAD"},
      .snis = {"all.example.com"}};
  EXPECT_EQ(ExpressionOf(criteria),
            "((http.host == \"all.example.com\") || (http.host == \"alias.example.com\"))"
            " && (((http.path == \"/api\") || (http.path ^= \"/api/\")) || (http.path ~ "
            "\"^/re/(\\\\d+)\"))"
            " && ((http.headers.x_a == \"b\") || (http.headers.x_a ~ \"c.*\"))"
            " && ((http.method == \"GET\") || (http.method == \"HEAD\")) && (tls.sni == "
            "\"all.example.com\")");
  EXPECT_EQ(PriorityOf(criteria), 63784559378441u);
}

TEST(RouteMatchTest, PrioritiesAreTheControllers) {
  EXPECT_EQ(PriorityOf({.paths = {{"/a/b", PathType::kPrefix}}}), 54975581454341u);
  EXPECT_EQ(PriorityOf({.hosts = {"web.example.com"}, .paths = {{"/", PathType::kPrefix}}}),
            57178899677185u);
  EXPECT_EQ(PriorityOf({.hosts = {"web.example.com", "*.al.example.com"},
                        .paths = {{"/", PathType::kPrefix}}}),
            57174604709889u);
  std::string longest(100'000, 'x');
  EXPECT_EQ(PriorityOf({.paths = {{longest, PathType::kExact}}}) & 0x1ffff, 0x1ffffu);
}

TEST(RouteMatchTest, LiteralsAreEscaped) {
  EXPECT_EQ(Predicate("f", "==", "a\"b\\c\n\r\t"), "f == \"a\\\"b\\\\c\\n\\r\\t\"");
}

}  // namespace
}  // namespace kong
