#include "io/yaml.h"

#include <random>
#include <string>
#include <utility>

#include "engine/text.h"
#include "gtest/gtest.h"
#include "io/json_scanner.h"

namespace io {
namespace {

// The documents' JSON, one a line; or the error.
std::string Read(std::string_view text, const YamlLimits& limits = {}) {
  const auto documents = YamlToJson(text, "in.yaml", limits);
  if (!documents.ok()) return std::string(engine::MessageOf(documents.status()));
  std::string out;
  for (const YamlDocument& document : *documents) {
    if (!out.empty()) out += '\n';
    out += document.json;
  }
  return out;
}

struct Case {
  const char* name;
  std::string yaml, json;
};

void ExpectAll(const std::vector<Case>& cases) {
  for (const Case& c : cases) EXPECT_EQ(Read(c.yaml), c.json) << c.name;
}

TEST(YamlTest, TypesScalarsAsKubernetesDoes) {
  ExpectAll({
      {"words", "[true, Yes, ON, y, false, No, off, n, tRue]",
       R"([true,true,true,true,false,false,false,false,"tRue"])"},
      {"nulls", "[null, ~, Null, NULL, nulL]", R"([null,null,null,null,"nulL"])"},
      {"empty value", "a:\nb: 1", R"({"a":null,"b":1})"},
      {"integers", "[0, -0, +7, 1_000, 0x1F, 0o17, 017, 0b101, -0x10, 08]",
       "[0,0,7,1000,31,15,15,5,-16,8]"},
      {"limits", "[+9223372036854775807, -9223372036854775808, 18446744073709551615]",
       "[9223372036854775807,-9223372036854775808,18446744073709551615]"},
      {"beyond 64 bits", "18446744073709551616", "18446744073709552000"},
      {"floats", "[1.5, .5, 1., 1e3, -1.5E-9, +2.5]", "[1.5,0.5,1,1000,-1.5e-9,2.5]"},
      {"not numbers", "[1.2.3, 0x, 1e, ., -, 12a, 1e999]",
       R"(["1.2.3","0x","1e",".","-","12a","1e999"])"},
      {"negative zero", "[-0, -0., -0.0e3]", "[0,0,0]"},
      {"dates stay text", "[2001-01-01, 2001-12-14T21:59:43Z, 12:30]",
       R"(["2001-01-01","2001-12-14T21:59:43Z","12:30"])"},
      {"quoted", R"(["true", '1', "~", "a\tb\u00e9"])", "[\"true\",\"1\",\"~\",\"a\\tbé\"]"},
      {"tags", "[!!str 1, !!str true, !!int 7, !!float 7, !!bool yes, !!null ~, !mine 1, ! 1]",
       R"(["1","true",7,7,true,null,"1","1"])"},
      {"blocks", "a: |\n  x\n  y\nb: >-\n  x\n  y\n", R"({"a":"x\ny\n","b":"x y"})"},
      {"keys", "1: a\nyes: b\n1.5: c\n'2': d", R"({"1":"a","true":"b","1.5":"c","2":"d"})"},
  });
}

TEST(YamlTest, SplitsAStreamIntoDocuments) {
  ExpectAll({
      {"separated", "a: 1\n---\nb: 2\n", "{\"a\":1}\n{\"b\":2}"},
      {"empty ones are left out", "---\n---\n# nothing\n---\na: 1\n---\n~\n---\n", R"({"a":1})"},
      {"ended", "a: 1\n...\nb: 2\n...\n", "{\"a\":1}\n{\"b\":2}"},
      {"nothing", "", ""},
      {"comment only", "# a\n", ""},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "a: 1",
       R"({"a":1})"},
      {"directives", "%YAML 1.1\n---\na: 1\n", R"({"a":1})"},
      {"windows line ends", "a: 1\r\nb:\r\n- x\r\n---\r\nc: 2\r\n",
       "{\"a\":1,\"b\":[\"x\"]}\n{\"c\":2}"},
  });
}

TEST(YamlTest, DocumentsKnowTheirLine) {
  const auto documents = YamlToJson("# first\n\na: 1\n---\n\nb: 2\n", "in.yaml");
  ASSERT_TRUE(documents.ok());
  ASSERT_EQ(documents->size(), 2u);
  EXPECT_EQ((*documents)[0].line, 3u);
  EXPECT_EQ((*documents)[1].line, 4u);
}

TEST(YamlTest, JsonGoesThroughUnchanged) {
  ExpectAll({
      {"spaces and numbers kept", " { \"a\" : 1.0e2 , \"b\":[ ] }\n",
       "{ \"a\" : 1.0e2 , \"b\":[ ] }"},
      {"twice the same key", R"({"a":1,"a":2})", R"({"a":1,"a":2})"},
      {"one after the other", "{\"a\":1}\n{\"b\":2} [3]", "{\"a\":1}\n{\"b\":2}\n[3]"},
      {"flow YAML is not JSON", "{a: 1, b: [x]}", R"({"a":1,"b":["x"]})"},
      {"JSON and YAML", "{\"a\":1}\n---\nb: 2", "{\"a\":1}\n{\"b\":2}"},
      {"tab for spaces", "{\n\t\"a\":\t1\n}", "{\n\t\"a\":\t1\n}"},
  });
}

TEST(YamlTest, AliasesRepeatWhatTheirAnchorHolds) {
  ExpectAll({
      {"scalar", "a: &x 1\nb: *x", R"({"a":1,"b":1})"},
      {"collection", "a: &x {p: [1, q]}\nb: [*x, *x]",
       R"({"a":{"p":[1,"q"]},"b":[{"p":[1,"q"]},{"p":[1,"q"]}]})"},
      {"anchors inside", "a: &x [&y 1, *y]\nb: *x\nc: *y", R"({"a":[1,1],"b":[1,1],"c":1})"},
      {"an anchor may be set again", "a: &x 1\nb: &x 2\nc: *x", R"({"a":1,"b":2,"c":2})"},
      {"as a key", "a: &x k\n*x : 1", R"({"a":"k","k":1})"},
      {"of a key", "&x a: *x", R"({"a":"a"})"},
      {"of a merge", "a: {&x <<: {b: 1}}\nc: *x", R"({"a":{"b":1},"c":"<<"})"},
      {"of a number key", "&x 1: *x", R"({"1":1})"},
      {"null", "a: &x\nb: *x", R"({"a":null,"b":null})"},
      {"not across documents", "a: &x 1\n---\nb: *x",
       "in.yaml:3: the referenced anchor is not defined"},
      {"inside itself", "a: &x [1, *x]", "in.yaml:1: an alias stands inside of what it repeats"},
  });
}

TEST(YamlTest, MergeKeysFillInWhatTheMapLacks) {
  ExpectAll({
      {"one map", "a: &x {p: 1, q: {r: [2]}}\nb:\n  <<: *x\n  p: 3",
       R"({"a":{"p":1,"q":{"r":[2]}},"b":{"p":3,"q":{"r":[2]}}})"},
      {"explicit keys win in any order", "a: &x {p: 1}\nb: {p: 3, <<: *x}",
       R"({"a":{"p":1},"b":{"p":3}})"},
      {"a list, the first wins", "- &x {p: 1}\n- &y {p: 2, q: 3}\n- <<: [*x, *y]",
       R"([{"p":1},{"p":2,"q":3},{"p":1,"q":3}])"},
      {"inline", "<<: {a: 1}\nb: 2", R"({"b":2,"a":1})"},
      {"an anchor inside survives", "a: {<<: &x {p: 1}}\nb: *x", R"({"a":{"p":1},"b":{"p":1}})"},
      {"merged maps merge again", "a: &x {p: 1}\nb: &y {<<: *x, q: 2}\nc: {<<: *y}",
       R"({"a":{"p":1},"b":{"q":2,"p":1},"c":{"q":2,"p":1}})"},
      {"empty", "a: {<<: {}, b: 1}", R"({"a":{"b":1}})"},
      {"quoted is a key", "'<<': 1", R"({"<<":1})"},
      {"plain and quoted", "<<: {a: 1}\n'<<': 1", R"({"<<":1,"a":1})"},
      {"no map", "\na:\n  <<: 1", "in.yaml:3: << takes a map or a list of maps"},
      {"no maps in the list", "<<: [{a: 1}, 2]", "in.yaml:1: << takes a map or a list of maps"},
      {"lists in the list", "<<: [[{a: 1}]]", "in.yaml:1: << takes a map or a list of maps"},
      {"twice", "<<: {a: 1}\n<<: {b: 1}", "in.yaml:2: duplicate key \"<<\""},
  });
}

TEST(YamlTest, ErrorsNameInputLineAndReason) {
  ExpectAll({
      {"duplicate key", "a: 1\nb:\n  c: 1\n  c: 2\n", "in.yaml:4: duplicate key \"c\""},
      {"duplicate after typing", "1: a\n'1': b", "in.yaml:2: duplicate key \"1\""},
      {"null key", "~: a", "in.yaml:1: a key is null"},
      {"map as key", "{a: 1}: b", "in.yaml:1: a key is neither text nor a number"},
      {"list as key", "? [a]\n: b", "in.yaml:1: a key is neither text nor a number"},
      {"infinity", "a: .inf", "in.yaml:1: JSON has no infinities and no NaN"},
      {"wrong tag", "a: !!int x", "in.yaml:1: the value is no !!int"},
      {"unknown core tag", "a: !!binary eA==", "in.yaml:1: the value is no !!binary"},
      {"NUL", std::string("a: 1\nb: \0", 9), "in.yaml:2: a NUL byte"},
      {"end of transmission", "a: 1\n\x04\nb: 2", "in.yaml:2: a control character"},
      {"not UTF-8", "a: 1\nb: \xFF\n", "in.yaml:2: a byte that is not UTF-8"},
      {"UTF-16",
       std::string("\xFF\xFE"
                   "a\0:\0",
                   6),
       "in.yaml:1: a byte that is not UTF-8"},
      {"text after a document", "{a: 1} x",
       "in.yaml:1: unexpected text after the end of the document"},
      {"text after a JSON document", "{\"a\": 1}\nx: 1",
       "in.yaml:2: unexpected text after the end of the document"},
      {"unclosed", "a: [1, 2", "in.yaml:1: end of sequence flow not found"},
      {"an open quote", "a: \"1", "in.yaml:1: illegal EOF in scalar"},
      {"an open quote and a line", "a: '1\n", "in.yaml:2: illegal document indicator in scalar"},
  });
}

TEST(YamlTest, DepthIsLimitedWhileParsing) {
  YamlLimits limits;
  limits.max_depth = 3;
  EXPECT_EQ(Read("[[[1]]]", limits), "[[[1]]]");
  EXPECT_EQ(Read("[[[[1]]]]", limits), "in.yaml:1: nested deeper than 3");
  EXPECT_EQ(Read("[[[[a]]]]", limits), "in.yaml:1: nested deeper than 3");
  EXPECT_EQ(Read("a: &x [[1]]\nb: *x", limits), R"({"a":[[1]],"b":[[1]]})");
  EXPECT_EQ(Read("a: &x [[1]]\nb: [*x]", limits), "in.yaml:2: nested deeper than 3");
}

TEST(YamlTest, AbsurdDepthNeverReachesTheStack) {
  constexpr size_t kDepth = 100'000;
  const auto repeated = [](std::string_view unit) {
    std::string out;
    for (size_t i = 0; i < kDepth; ++i) out += unit;
    return out;
  };
  YamlLimits unlimited;
  unlimited.max_depth = 10 * kDepth;
  for (const std::string_view unit :
       {"[", "{", "- ", "? ", "{a: ", "[{a: ", "- a: ", "[? ", "!x [", "&a ["}) {
    EXPECT_FALSE(YamlToJson(repeated(unit), "in.yaml").ok()) << unit;
    EXPECT_FALSE(YamlToJson(repeated(unit), "in.yaml", unlimited).ok()) << unit;
  }
  const std::string deep = "in.yaml:1: nested deeper than ";
  EXPECT_EQ(Read(repeated("- ")), deep + "100");
  EXPECT_EQ(Read(repeated("[") + "a" + repeated("]")), deep + "100");
  EXPECT_EQ(Read(repeated("- "), unlimited), deep + "500");
  const std::string json = repeated("[") + repeated("]");
  EXPECT_EQ(Read(json), deep + "100");
  EXPECT_EQ(Read(json, unlimited), json);
}

TEST(YamlTest, AliasBombsEndAtTheLimits) {
  std::string lists = "a0: &a0 [x]\n", maps = "a0: &a0 {x: 1}\n";
  for (int i = 1; i < 60; ++i) {
    lists += engine::Cat("a", i, ": &a", i, " [*a", i - 1, ", *a", i - 1, "]\n");
    maps += engine::Cat("a", i, ": &a", i, " {p: *a", i - 1, ", q: *a", i - 1, "}\n");
  }
  const std::string text = "a: &x " + std::string(1'000'000, 'x') + "\nb: [";
  std::string merges = "a: &x {k: " + std::string(100'000, 'x') + "}\nb:\n";
  std::string wide = text;
  for (int i = 0; i < 1'000; ++i) {
    wide += "*x,";
    merges += "- <<: *x\n";
  }
  YamlLimits limits;
  limits.max_repeated_nodes = 100'000;
  const std::string remedy = "; write out what they repeat";
  EXPECT_EQ(Read(lists, limits), "in.yaml:16: aliases expand to more than 100000 values" + remedy);
  EXPECT_EQ(Read(maps, limits), "in.yaml:15: aliases expand to more than 100000 values" + remedy);
  EXPECT_EQ(Read(wide + "]"), "in.yaml:2: aliases expand to more than 16777216 bytes" + remedy);
  limits.max_repeated_bytes = 10'000'000;
  EXPECT_NE(Read(merges, limits).find("aliases expand to more than 10000000 bytes"),
            std::string::npos);
}

TEST(YamlTest, InputIsLimitedInBytes) {
  YamlLimits limits;
  limits.max_bytes = 4;
  EXPECT_EQ(Read("a: 1", limits), R"({"a":1})");
  EXPECT_EQ(Read("a: 12", limits), "in.yaml: longer than 4 bytes");
}

TEST(YamlTest, ALongKeyIsCutInItsError) {
  const std::string key(1000, 'k');
  EXPECT_LT(Read(key + ": 1\n" + key + ": 2").size(), 120u);
}

// Cut and mutated input gives JSON or an error, and never anything else.
TEST(YamlTest, MutatedInputGivesJsonOrAnError) {
  const std::string seed =
      "a: &x {p: [1, 'q', \"r\\n\"], <<: {s: ~}}\n? k\n: |-\n  text\n  more\nb:\n- *x\n- <<: [*x]\n"
      "  c: !!str 12\n# end\n---\n{\"j\": [true, 1e3], d: >\n  folded}\n...\n%YAML 1.2\n---\n- - "
      "x\n";
  std::mt19937 random(7);
  const std::string characters = "{}[]:,-?&*!|>'\"%@` \n\t#<~ax0.\\\x80";
  for (int i = 0; i < 4'000; ++i) {
    std::string text = seed.substr(random() % 40, random() % seed.size());
    for (size_t n = random() % 8; n > 0 && !text.empty(); --n) {
      const size_t at = random() % text.size();
      const char c = characters[random() % characters.size()];
      if (random() % 2 == 0)
        text[at] = c;
      else
        text.insert(at, 1, c);
    }
    const auto documents = YamlToJson(text, "in.yaml");
    if (!documents.ok()) continue;
    for (const YamlDocument& document : *documents) {
      JsonScanner scanner(document.json, 1000);
      JsonScanner::Token token = scanner.Next();
      while (token != JsonScanner::Token::kEnd && token != JsonScanner::Token::kBad)
        token = scanner.Next();
      ASSERT_EQ(token, JsonScanner::Token::kEnd) << text << "\n=> " << document.json;
    }
  }
}

TEST(JsonToYamlTest, WritesBlocks) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"a":1,"b":{"c":[1,{"d":2,"e":[]},[3,4]],"f":{}},"g":[{"h":{"i":1}}]})",
       "a: 1\nb:\n  c:\n  - 1\n  - d: 2\n    e: []\n  - - 3\n    - 4\n  f: {}\ng:\n- h:\n    i: "
       "1\n"},
      {R"(["a","a b","","true","1","1.5","a: b","a #b","- a","null","2001-01-01","1.2.3.4","on","x:"])",
       "- a\n- a b\n- \"\"\n- \"true\"\n- \"1\"\n- \"1.5\"\n- \"a: b\"\n- \"a #b\"\n- \"- a\"\n"
       "- \"null\"\n- \"2001-01-01\"\n- 1.2.3.4\n- \"on\"\n- \"x:\"\n"},
      {R"({"pem":"BEGIN\nabc\nEND\n","no end":"a\nb","spaces":"a\n b","tab":"a\tb","1":true})",
       "pem: |\n  BEGIN\n  abc\n  END\nno end: |-\n  a\n  b\nspaces: \"a\\n b\"\ntab: "
       "\"a\\tb\"\n\"1\": true\n"},
      {"12", "12\n"},
      {"\"a\\nb\"", "|-\n  a\n  b\n"},
      {"{}", "{}\n"},
      {"[[]]", "- []\n"},
  };
  for (const auto& [json, yaml] : cases) {
    const auto written = JsonToYaml(json);
    ASSERT_TRUE(written.ok()) << written.status();
    EXPECT_EQ(*written, yaml);
  }
}

TEST(JsonToYamlTest, WhatItWritesReadsBackTheSame) {
  std::mt19937 random(11);
  const std::string pieces[] = {"a",    " ",    "\\n", "\\\"",    ":",       "#",       "-",
                                "1",    "0x",   "é",   "\\u0085", "\\u2028", "\\u007f", "😀",
                                "\\\\", "true", "'",   "~",       "\\t",     "\\r",     ".",
                                "{",    "]",    "|",   "\\ufeff"};
  const auto text = [&] {
    std::string out = "\"";
    for (size_t n = random() % 6; n > 0; --n) out += pieces[random() % std::size(pieces)];
    return out + "\"";
  };
  for (int i = 0; i < 4'000; ++i) {
    const std::string json = engine::Cat("{\"k", i, "\":[", text(), ",{\"x\":", text(),
                                         "}],\"y\":{\"z\":[[", text(), "]]}}");
    const auto yaml = JsonToYaml(json);
    ASSERT_TRUE(yaml.ok());
    const auto back = YamlToJson(*yaml, "back");
    ASSERT_TRUE(back.ok()) << back.status() << "\n" << *yaml;
    const auto again = JsonToYaml((*back)[0].json);
    ASSERT_TRUE(again.ok());
    ASSERT_EQ(*again, *yaml) << json;
  }
}

TEST(JsonToYamlTest, QuotesWhatWouldEndTheDocument) {
  for (const char* json : {"\"... G\"", "\"...\"", "{\"... a\":1}", "\"--- G\""}) {
    const auto back = YamlToJson(JsonToYaml(json).value(), "back");
    ASSERT_TRUE(back.ok()) << json;
    ASSERT_EQ(back->size(), 1u) << json;
    EXPECT_EQ(back->front().json, json);
  }
}

TEST(JsonToYamlTest, RefusesWhatIsNotOneJsonValue) {
  for (const char* bad : {"", "{", "{\"a\"}", "[1,]", "01", "nul", "\"\\x\"", "1 2", "\"\xff\""}) {
    EXPECT_FALSE(JsonToYaml(bad).ok()) << bad;
  }
  EXPECT_FALSE(JsonToYaml(std::string(100'000, '[')).ok());
}

}  // namespace
}  // namespace io
