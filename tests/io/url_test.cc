#include "io/url.h"

#include "engine/text.h"
#include "gtest/gtest.h"

namespace io {
namespace {

TEST(UrlTest, ParsesSchemeHostPortAndPath) {
  struct Case {
    const char *text, *written, *authority, *host;
  };
  const Case cases[] = {
      {"http://kong", "http://kong:80", "kong", "kong"},
      {"https://kong:8444/", "https://kong:8444", "kong:8444", "kong"},
      {"HTTPS://Kong.example/admin//", "https://Kong.example:443/admin", "Kong.example",
       "Kong.example"},
      {"https://[::1]:8444/a/b", "https://[::1]:8444/a/b", "[::1]:8444", "::1"},
      {"http://[fe80::1]", "http://[fe80::1]:80", "[fe80::1]", "fe80::1"},
      {"http://127.0.0.1:8001", "http://127.0.0.1:8001", "127.0.0.1:8001", "127.0.0.1"},
  };
  for (const Case& c : cases) {
    const auto url = Url::Parse(c.text);
    ASSERT_TRUE(url.ok()) << c.text << ' ' << url.status();
    EXPECT_EQ(url->Text(), c.written);
    EXPECT_EQ(url->Authority(), c.authority);
    EXPECT_EQ(url->host, c.host);
  }
}

TEST(UrlTest, RefusesWhatItCannotMean) {
  for (const char* bad : {"",
                          "kong",
                          "kong:8001",
                          "ftp://kong",
                          "://kong",
                          "http://",
                          "http:///a",
                          "http://:80",
                          "http://kong:",
                          "http://kong:0",
                          "http://kong:65536",
                          "http://kong:+80",
                          "http://kong:8x",
                          "http://[::1",
                          "http://[kong]",
                          "http://[::1]x",
                          "http://a b",
                          "http://kong?x=1",
                          "http://kong/#x",
                          "http://user:pass@kong",
                          "http://kong\n",
                          "http://kong\x01",
                          "http://k%41"}) {
    EXPECT_FALSE(Url::Parse(bad).ok()) << bad;
  }
}

TEST(UrlTest, AnErrorDoesNotRepeatAPassword) {
  const auto url = Url::Parse("http://user:hunter2@kong:99999");
  EXPECT_EQ(engine::MessageOf(url.status()).find("hunter2"), std::string_view::npos);
}

TEST(DecodePercentTest, DecodesEscapesAndLeavesBrokenOnes) {
  EXPECT_EQ(DecodePercent("a%20b%2Fc%2f+", false), "a b/c/+");
  EXPECT_EQ(DecodePercent("a+b%2B", true), "a b+");
  EXPECT_EQ(DecodePercent("%", true), "%");
  EXPECT_EQ(DecodePercent("%4", true), "%4");
  EXPECT_EQ(DecodePercent("%4g%zz", true), "%4g%zz");
}

}  // namespace
}  // namespace io
