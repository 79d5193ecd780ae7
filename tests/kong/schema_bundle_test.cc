#include "kong/schema_bundle.h"

#include <gtest/gtest.h>

#include "engine/text.h"
#include "kong/schema_table.h"

namespace kong {
namespace {

using engine::Cat;
using engine::MessageOf;

constexpr std::string_view kPlugins =
    "entity plugins { id: string auto uuid; name: string!; config: record abstract; }\n";

TEST(SchemaBundleTest, ReadsFieldsOfEveryShape) {
  auto bundle = ReadSchemaBundle(R"(# A comment
kong "9.9" "community"
define port = integer between [0,65535] default 80;
entity things {
  id: string auto uuid; port: $port; names: set default ["b","a"] of string len_max 3;
  map: map keys string match "^%u$" values array of integer; one: foreign others!;
  deep: record! { a: boolean! default false; b: json; check distinct ["a","b"]; };
  check if port eq 80 then one required; shorthand old = deep.a; shorthand gone = ;
})");
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  EXPECT_EQ(bundle->version, "9.9");
  const SchemaRecord& things = *bundle->entities.at("things");
  ASSERT_EQ(things.fields.size(), 6u);
  EXPECT_EQ(things.fields[0].name, "deep");
  EXPECT_EQ(things.Find("port")->absent_json, "80");
  EXPECT_EQ(things.Find("names")->absent_json, R"(["a","b"])");
  EXPECT_EQ(things.Find("deep")->absent_json, R"({"a":false,"b":null})");
  EXPECT_EQ(things.Find("one")->foreign, "others");
  EXPECT_TRUE(things.Find("one")->required);
  EXPECT_EQ(things.Find("map")->value->element->type, FieldType::kInteger);
  EXPECT_EQ(things.checks.size(), 1u);
  EXPECT_EQ(things.shorthands.size(), 2u);
  EXPECT_EQ(things.Find("nothing"), nullptr);
}

TEST(SchemaBundleTest, BrokenTextIsAnErrorWithItsLine) {
  struct Case {
    std::string_view text, says;
  };
  const Case cases[] = {
      {"", "says of no entity"},
      {"entity", "line 1: expected a name"},
      {"\n\nentity a", "line 3: expected {, found the end"},
      {"entity a {", "ends inside a record"},
      {"entity a { b }", "expected :"},
      {"entity a { b: string default ; }", "is not JSON"},
      {"entity a { b: string default [1 }", "is not JSON"},
      {"entity a { b: array; }", "says what it is of"},
      {"entity a { b: $c; }", "not defined"},
      {"entity a { b: text; }", "expected ;, found text"},
      {"entity a { b: string; b: string; }", "field b is said twice"},
      {"entity a { } entity a { }", "a is said twice"},
      {"entity a { check most [\"b\"]; }", "no check is called most"},
      {"entity a { b: string default \"", "is not JSON"},
      {"entity a { b: string default }", "is not JSON"},
      {"service a { }", "expected entity, plugin or define"},
  };
  for (const Case& one : cases) {
    auto bundle = ReadSchemaBundle(one.text);
    ASSERT_FALSE(bundle.ok()) << one.text;
    EXPECT_NE(MessageOf(bundle.status()).find(one.says), std::string_view::npos)
        << one.text << ": " << MessageOf(bundle.status());
  }
}

TEST(SchemaBundleTest, DeepTextIsAnError) {
  std::string text = "entity a { b: ";
  for (int i = 0; i < 100000; ++i) text += "array of ";
  EXPECT_FALSE(ReadSchemaBundle(text).ok());
  text = "entity a {";
  for (int i = 0; i < 100000; ++i) text += "b: record {";
  EXPECT_FALSE(ReadSchemaBundle(text).ok());
}

TEST(SchemaBundleTest, WritesWhatItReadsAndNoProse) {
  SchemaSources sources{.version = "3.9.3", .edition = "community", .entities = {}, .plugins = {}};
  sources.entities["plugins"] =
      R"({"fields":[{"id":{"type":"string","uuid":true,"auto":true,"description":"Words."}},
      {"name":{"type":"string","required":true}},{"config":{"type":"record","abstract":true}}]})";
  sources.entities["routes"] =
      R"({"fields":[{"paths":{"type":"array","elements":{"type":"string","match_none":
      [{"pattern":"//","err":"words about \"it\""}]}}}],"entity_checks":[{"conditional":{
      "if_field":"a","if_match":{"one_of":["x y","z"]},"then_field":"b","then_match":{"eq":null},
      "then_err":"more words"}}]})";
  sources.plugins["limit"] =
      R"({"fields":[{"config":{"type":"record","required":true,"fields":[
      {"secret":{"type":"string","encrypted":true,"default":"made up"}},
      {"new":{"type":"integer","default":5,"between":[1,"inf"]}}],
      "shorthand_fields":[{"old":{"type":"integer","deprecation":{"message":"Words.",
      "replaced_with":[{"path":["new"]}]}}}]}}]})";
  auto bundle = WriteSchemaBundle(sources);
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  EXPECT_EQ(bundle->find("ords"), std::string::npos) << *bundle;
  EXPECT_EQ(bundle->find("made up"), std::string::npos) << *bundle;
  auto table = SchemaTable::Parse(*bundle);
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_TRUE((*table)->KnowsPlugin("limit"));
  auto completed = (*table)->Complete(
      EntityKind::kPlugin, R"({"id":"11111111-2222-4333-8444-555555555555","name":"limit",
      "config":{"old":7,"secret":"s"}})");
  ASSERT_TRUE(completed.ok()) << completed.status();
  EXPECT_NE(completed->find(R"("config":{"new":7,"secret":"s"})"), std::string::npos) << *completed;
}

TEST(SchemaBundleTest, RefusesWhatIsNoSchema) {
  SchemaSources sources;
  sources.entities["routes"] = R"({"message":"not found"})";
  EXPECT_EQ(MessageOf(WriteSchemaBundle(sources).status()), "entity routes: not a schema of Kong");
}

TEST(SchemaBundleTest, ABundleAddsAPluginOfOnesOwn) {
  auto table = SchemaTable::Parse(
      Cat(kPlugins, "plugin mine { config: record! { level: integer! default 3; }; }"));
  ASSERT_TRUE(table.ok()) << table.status();
  auto completed = (*table)->Complete(
      EntityKind::kPlugin, R"({"id":"11111111-2222-4333-8444-555555555555","name":"mine"})");
  ASSERT_TRUE(completed.ok()) << completed.status();
  EXPECT_EQ(*completed,
            R"({"config":{"level":3},"id":"11111111-2222-4333-8444-555555555555","name":"mine"})");
}

}  // namespace
}  // namespace kong
