#include "io/json_writer.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace io {
namespace {

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  return out;
}

std::string Number(double value) {
  std::string out;
  AppendJsonDouble(out, value);
  return out;
}

TEST(JsonWriterTest, PutsCommasBetweenMembersAndElementsOnly) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject().Member("a", 1).Key("b").BeginArray().Int(-1).Uint(2).Double(0.5).EndArray();
  json.Key("c").BeginObject().EndObject().Key("d").Null().Member("e", true).Key("f").Raw("[]");
  json.EndObject();
  EXPECT_EQ(out, R"({"a":1,"b":[-1,2,0.5],"c":{},"d":null,"e":true,"f":[]})");
}

TEST(JsonWriterTest, MembersTakeTextNumbersAndRangesOfText) {
  std::string out;
  const std::vector<std::string> hosts = {"a.example", "b.example"};
  JsonWriter(out)
      .BeginObject()
      .Member("name", std::string_view("cart"))
      .Member("kind", "Service")
      .Member("least", std::numeric_limits<int64_t>::min())
      .Member("most", std::numeric_limits<uint64_t>::max())
      .Member("hosts", hosts)
      .Member("none", std::vector<std::string>())
      .EndObject();
  EXPECT_EQ(out, R"({"name":"cart","kind":"Service","least":-9223372036854775808,)"
                 R"("most":18446744073709551615,"hosts":["a.example","b.example"],"none":[]})");
}

TEST(JsonWriterTest, AppendsToWhatIsThere) {
  std::string out = "x=";
  JsonWriter(out).String("y");
  EXPECT_EQ(out, "x=\"y\"");
}

TEST(JsonStringTest, EscapesOnlyWhatJsonDemands) {
  struct Case {
    const char* name;
    std::string_view text, json;
  };
  const Case cases[] = {
      {"plain", "GET /a?b=c&d=<e>", R"("GET /a?b=c&d=<e>")"},
      {"quote and backslash", R"(a"b\c/)", R"("a\"b\\c/")"},
      {"short escapes", "\b\f\n\r\t", R"("\b\f\n\r\t")"},
      {"controls", std::string_view("\0\x1f\x7f", 3), "\"\\u0000\\u001f\x7f\""},
      {"two to four bytes", "é€😀", "\"é€😀\""},
      {"empty", "", "\"\""},
  };
  for (const Case& c : cases) EXPECT_EQ(Quoted(c.text), c.json) << c.name;
}

TEST(JsonStringTest, ReplacesEachByteThatIsNotUtf8) {
  struct Case {
    const char* name;
    std::string_view text, json;
  };
  const Case cases[] = {
      {"lone continuation",
       "a\x80"
       "b",
       "\"a\uFFFDb\""},
      {"truncated", "a\xE2\x82", "\"a\uFFFD\uFFFD\""},
      {"overlong slash", "\xC0\xAF", "\"\uFFFD\uFFFD\""},
      {"overlong in three", "\xE0\x80\xAF", "\"\uFFFD\uFFFD\uFFFD\""},
      {"surrogate", "\xED\xA0\x80", "\"\uFFFD\uFFFD\uFFFD\""},
      {"beyond Unicode", "\xF4\x90\x80\x80", "\"\uFFFD\uFFFD\uFFFD\uFFFD\""},
      {"no lead", "\xFF\xFE", "\"\uFFFD\uFFFD\""},
      {"a quote after a cut sequence", "\xE2\"", "\"\uFFFD\\\"\""},
  };
  for (const Case& c : cases) EXPECT_EQ(Quoted(c.text), c.json) << c.name;
}

TEST(JsonDoubleTest, WritesTheShortestTextThatReadsBack) {
  struct Case {
    double value;
    const char* json;
  };
  const Case cases[] = {
      {0, "0"},
      {-0.0, "-0"},
      {1, "1"},
      {100000, "100000"},
      {0.1, "0.1"},
      {1.0 / 3, "0.3333333333333333"},
      {1e20, "100000000000000000000"},
      {18446744073709551616.0, "18446744073709552000"},
      {-9007199254740992, "-9007199254740992"},
      {9.999999999999999e20, "999999999999999900000"},
      {1e21, "1e+21"},
      {1e-6, "0.000001"},
      {1e-7, "1e-7"},
      {-1.5e-9, "-1.5e-9"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {NAN, "null"},
      {INFINITY, "null"},
      {-INFINITY, "null"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Number(c.value), c.json);
    if (std::isfinite(c.value)) {
      EXPECT_EQ(std::strtod(c.json, nullptr), c.value);
    }
  }
}

}  // namespace
}  // namespace io
