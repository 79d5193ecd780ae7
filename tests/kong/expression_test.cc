#include "kong/expression.h"

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

using engine::Cat;
using testing::HasSubstr;

constexpr auto kHttp = Expression::Schema::kHttp, kStream = Expression::Schema::kStream;

bool Matches(std::string_view text, const RoutedRequest& request) {
  absl::StatusOr<Expression> expression = Expression::Parse(text, kHttp);
  EXPECT_TRUE(expression.ok()) << text << ": " << expression.status();
  return expression.ok() && expression->Matches(request);
}

TEST(ExpressionTest, MatchesAsKongDoes) {
  RoutedRequest request{.protocol = "https",
                        .method = "POST",
                        .host = "shop.example",
                        .path = "/api/v1/carts",
                        .sni = "shop.example",
                        .headers = {{"x_a", "One"}, {"x_b", "1"}, {"x_b", "2"}},
                        .queries = {{"q", "v"}},
                        .destination_port = 8443};
  struct Case {
    std::string_view text;
    bool matches;
  };
  for (const Case& c : std::vector<Case>{
           {R"(http.host == "shop.example")", true},
           {R"(http.host =^ ".example")", true},
           {R"(http.host ^= "shop.")", true},
           {R"(http.host != "shop.example")", false},
           {R"(http.path contains "v1")", true},
           {R"(http.path ~ "v[0-9]+")", true},
           {R"(http.path ~ "^v[0-9]+")", false},
           {R"(http.path == r#"/api/v1/carts"#)", true},
           {R"(http.path.segments.0 == "api")", true},
           {R"(http.path.segments.1_2 == "v1/carts")", true},
           {R"(http.path.segments.2_3 ^= "carts")", false},
           {"http.path.segments.len == 3", true},
           {R"(http.method == "GET" || http.method == "POST")", true},
           {R"(!(http.method == "GET"))", true},
           {R"(http.headers.x_a == "one")", false},
           {R"(lower(http.headers.x_a) == "one")", true},
           {R"(http.headers.x_b == "1")", false},      // Not all of them.
           {R"(any(http.headers.x_b) == "1")", true},  // One of them.
           {R"(any(lower(http.headers.x_a)) == "one")", true},
           {R"(http.headers.absent != "1")", false},  // Nothing holds of nothing.
           {R"(http.queries.q == "v")", true},
           {R"(tls.sni == "shop.example")", true},
           {R"(net.protocol == "https")", true},
           {"net.dst.port == 8443", true},
           {"net.dst.port > 0x20fb", false},
           {"net.dst.port >= 020373", true},
           {"net.src.port == 1", false},
           {"net.src.ip in 10.0.0.0/8", false},
           // || binds tighter than &&: (false) && (false || true), not (false && false) || true.
           {R"(http.method == "GET" && http.method == "GET" || http.path ^= "/")", false},
           {R"(http.path ^= "/" || http.method == "GET" && http.method == "GET")", false},
       }) {
    EXPECT_EQ(Matches(c.text, request), c.matches) << c.text;
  }
}

TEST(ExpressionTest, RequestsWithoutSniOrHostHaveNone) {
  EXPECT_FALSE(Matches(R"(tls.sni != "a")", {}));
  EXPECT_FALSE(Matches(R"(http.host != "a")", {}));
}

TEST(ExpressionTest, EscapesAreThoseOfTheLanguage) {
  EXPECT_TRUE(Matches(R"(http.path == "/a\"b\\c\n")", {.path = "/a\"b\\c\n"}));
  EXPECT_FALSE(Expression::Parse(R"(http.path == "\u0041")", kHttp).ok());
}

TEST(ExpressionTest, RefusesWhatKongRefuses) {
  struct Case {
    std::string_view text, why;
  };
  for (const Case& c : std::vector<Case>{
           {"", "no field ''"},
           {R"(http.path)", "expected an operator"},
           {R"(http.path == )", "another type"},
           {R"(http.path == 1)", "another type"},
           {R"(net.dst.port == "1")", "another type"},
           {R"(net.dst.port ~ 1)", "not for this type"},
           {R"(http.path > "a")", "not for this type"},
           {"net.dst.port == 1x", "no integer"},
           {"net.dst.port == --1", "no integer"},
           {"net.src.ip == 10.0.0.0/8", "not for this type"},
           {"net.src.ip in 10.0.0.1", "not for this type"},
           {"net.src.ip == 10.0.0", "no IP address"},
           {R"(http.queries.foo-bar == "a")", "expected an operator"},
           {R"(http.headers. == "a")", "no field 'http.headers.'"},
           {R"(http.path.segments.01 == "a")", "no field"},
           {R"(http.path.segments.3_3 == "a")", "no field"},
           {R"(upper(http.path) == "a")", "no function upper"},
           {R"(http.path == "a)", "does not end"},
           {R"(http.path == r#"a")", "does not end"},
           {R"(http.path ~ "(")", "bad regex"},
           {R"((http.path == "a")", "expected )"},
           {R"(!http.path == "a")", "parenthesis after !"},
           {R"(http.path == "a" http.path == "b")", "expected && or ||"},
       }) {
    absl::StatusOr<Expression> expression = Expression::Parse(c.text, kHttp);
    ASSERT_FALSE(expression.ok()) << c.text;
    EXPECT_THAT(std::string(expression.status().message()), HasSubstr(std::string(c.why)))
        << c.text;
  }
  EXPECT_FALSE(Expression::Parse(R"(http.path == "/")", kStream).ok());
  EXPECT_TRUE(Expression::Parse(R"(tls.sni == "a" && net.dst.port == 1)", kStream).ok());
}

TEST(ExpressionTest, LongOnesAreFineAndDeepOnesAreRefused) {
  std::string longest = R"(http.path == "/")";
  for (int i = 0; i < 20'000; ++i) longest += R"( || http.path == "/a")";
  EXPECT_TRUE(Matches(longest, {.path = "/a"}));
  std::string deep = Cat(std::string(100'000, '('), R"(http.path == "/")");
  EXPECT_FALSE(Expression::Parse(deep, kHttp).ok());
  EXPECT_FALSE(Expression::Parse(std::string("\0(\xff", 3), kHttp).ok());
}

}  // namespace
}  // namespace kong
