#include "io/yaml_stream.h"

#include <string>

#include "engine/text.h"
#include "gtest/gtest.h"

namespace io {
namespace {

using engine::Cat;

// The documents with their lines, then what is wrong.
std::string Read(std::string_view text, const YamlLimits& limits = {}) {
  const YamlStream stream = ReadYamlStream(text, "in.yaml", limits);
  std::string out;
  for (const YamlDocument& document : stream.documents)
    out += Cat(document.line, ' ', document.json, '\n');
  for (const BadYaml& bad : stream.bad) out += Cat(engine::MessageOf(bad.why), '\n');
  return out;
}

TEST(YamlStreamTest, ABrokenDocumentDoesNotLoseTheOthers) {
  struct Case {
    const char* name;
    std::string text, expected;
  };
  const Case cases[] = {
      {"nothing broken", "a: 1\n---\nb: 2\n", "1 {\"a\":1}\n2 {\"b\":2}\n"},
      {"the first", "a: [1\n---\nb: 2\n",
       "2 {\"b\":2}\nin.yaml:2: end of sequence flow not found\n"},
      {"the middle", "a: 1\n---\nb: [2\n--- # end\nc: 3\n",
       "1 {\"a\":1}\n4 {\"c\":3}\nin.yaml:4: end of sequence flow not found\n"},
      {"the last", "a: 1\n---\n\tb: 2\n", "1 {\"a\":1}\nin.yaml:3: illegal"},
      {"an open quote", "a: \"1\n---\nb: 2\n---\nc: 3",
       "2 {\"b\":2}\n4 {\"c\":3}\nin.yaml:2: illegal document indicator in scalar\n"},
      {"a byte", "a: \xff\n---\nb: 2\n", "2 {\"b\":2}\nin.yaml:1: a byte that is not UTF-8\n"},
      {"a NUL", Cat("a: 1\n---\nb: ", std::string(1, '\0'), "\n---\nc: 3"),
       "1 {\"a\":1}\n4 {\"c\":3}\nin.yaml:3: a NUL byte\n"},
      {"directives", "%YAML 1.2\n---\na: 1\n---\nb: [\n", "2 {\"a\":1}\nin.yaml:6: "},
      {"a line of dashes is text", "a: |\n  x\n  ---\n---\nb: [\n",
       "1 {\"a\":\"x\\n---\\n\"}\nin.yaml:6: "},
      {"JSON in a row", "{\"a\":1}\n{\"b\":[}\n---\n{\"c\":3}\n",
       "1 {\"a\":1}\n3 {\"c\":3}\nin.yaml:2: "},
      {"Windows", "a: [1\r\n---\r\nb: 2\r\n", "2 {\"b\":2}\nin.yaml:2: "},
      {"nothing", "", ""},
  };
  for (const Case& c : cases) {
    const std::string got = Read(c.text);
    EXPECT_TRUE(got.starts_with(c.expected)) << c.name << ": " << got;
  }
}

TEST(YamlStreamTest, JsonThatIsTooDeepIsHandedOverWithItsLine) {
  YamlLimits limits;
  limits.max_depth = 3;
  const YamlStream stream = ReadYamlStream("{\"a\":1}\n{\"b\":[[[2]]]}\n{\"c\":3}", "in", limits);
  ASSERT_EQ(stream.documents.size(), 2u);
  EXPECT_EQ(stream.documents[1].line, 3u);
  ASSERT_EQ(stream.bad.size(), 1u);
  EXPECT_EQ(stream.bad[0].json, "{\"b\":[[[2]]]}");
  EXPECT_EQ(engine::MessageOf(stream.bad[0].why), "in:2: nested deeper than 3");
}

TEST(YamlStreamTest, ManyBombsAreNoMoreThanOne) {
  std::string bomb = "a0: &a0 [xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx]\n";
  for (int i = 1; i < 10; ++i) bomb += Cat("a", i, ": &a", i, " [*a", i - 1, ", *a", i - 1, "]\n");
  std::string text = "broken: [\n";
  for (int i = 0; i < 100; ++i) text += "---\n" + bomb;
  YamlLimits limits;
  limits.max_repeated_bytes = 100'000;
  const YamlStream stream = ReadYamlStream(text, "in", limits);
  EXPECT_LT(stream.documents.size(), 5u);
  EXPECT_GT(stream.bad.size(), 95u);
}

}  // namespace
}  // namespace io
