#include "kong/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "kong/json_tree.h"

namespace kong {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Configuration Read(std::string_view json) {
  auto read = ReadConfiguration(json);
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? *read : Configuration();
}

constexpr std::string_view kNested = R"({"_format_version":"3.0",
 "services":[{"name":"s","host":"a","routes":[{"name":"r","paths":["/a"],
   "tags":["k8s-kind:Ingress","k8s-namespace:shop","k8s-name:web"],"plugins":[{"name":"key-auth"}]}]}],
 "upstreams":[{"name":"u","targets":[{"target":"10.0.0.1:80"}]}],
 "consumers":[{"username":"bob","keyauth_credentials":[{"key":"hunter2"}]}]})";
// The same, flat, with other ids, defaults said, and references by name.
constexpr std::string_view kFlat = R"({"_format_version":"3.0",
 "services":[{"id":"11111111-1111-4111-8111-111111111111","name":"s","host":"a","port":80}],
 "routes":[{"id":"22222222-1111-4111-8111-111111111111","name":"r","paths":["/a"],
   "protocols":["https","http"],"tags":["k8s-name:web","k8s-kind:Ingress","k8s-namespace:shop"],
   "service":{"id":"11111111-1111-4111-8111-111111111111"}}],
 "plugins":[{"name":"key-auth","route":"r","enabled":true}],
 "upstreams":[{"id":"33333333-1111-4111-8111-111111111111","name":"u","slots":10000}],
 "targets":[{"target":"10.0.0.1:80","upstream":"u","weight":100}],
 "consumers":[{"username":"bob","custom_id":null}],
 "keyauth_credentials":[{"key":"hunter2","consumer":"bob"}]})";

ConfigurationDiff Diff(std::string_view from, std::string_view to) {
  return Compare(Read(from), Read(to), SchemaTable::Bundled());
}

std::string Edited(std::string_view text, std::string_view what, std::string_view by) {
  std::string out(text);
  return out.replace(out.find(what), what.size(), by);
}

TEST(ConfigurationTest, FormIdsOrderAndDefaultsAreNoDifference) {
  const ConfigurationDiff diff = Diff(kNested, kFlat);
  for (const Change& change : diff.changes) ADD_FAILURE() << change.array << ' ' << change.json;
  EXPECT_THAT(diff.notes, ElementsAre());
}

TEST(ConfigurationTest, AnUpdateNamesTheFieldTheObjectAndTheIdThatIsThere) {
  const ConfigurationDiff diff = Diff(kFlat, Edited(kNested, "/a", "/b"));
  ASSERT_EQ(diff.changes.size(), 1u);
  const Change& change = diff.changes[0];
  EXPECT_EQ(change.kind, ChangeKind::kUpdated);
  EXPECT_EQ(change.object, "Ingress shop/web");
  EXPECT_EQ(change.id, "22222222-1111-4111-8111-111111111111");
  EXPECT_THAT(change.json, HasSubstr(R"("service":{"id":"11111111-1111-4111-8111-111111111111"})"));
  ASSERT_EQ(change.fields.size(), 1u);
  EXPECT_EQ(change.fields[0].path, "paths");
  EXPECT_EQ(change.fields[0].before, R"(["/a"])");
  EXPECT_EQ(change.fields[0].after, R"(["/b"])");
}

TEST(ConfigurationTest, ParentsComeFirstAndGoLast) {
  const std::string_view empty = R"({"_format_version":"3.0"})";
  std::vector<std::string> created, deleted;
  for (const Change& change : Diff(empty, kNested).changes) created.push_back(change.array);
  for (const Change& change : Diff(kNested, empty).changes) deleted.push_back(change.array);
  EXPECT_THAT(created, ElementsAre("services", "routes", "consumers", "keyauth_credentials",
                                   "plugins", "upstreams", "targets"));
  std::reverse(deleted.begin(), deleted.end());
  EXPECT_EQ(created, deleted);
}

TEST(ConfigurationTest, ASecretThatChangesIsToldAndNotShown) {
  const std::string_view before = R"({"consumers":[{"username":"b",
    "basicauth_credentials":[{"username":"b","password":"hunter2"}]}],
    "plugins":[{"name":"session","config":{"secret":"hunter2"}},
               {"name":"mine","config":{"a":"hunter2"}}]})";
  std::string after(before);
  for (size_t at = 0; (at = after.find("hunter2", at)) != std::string::npos;)
    after.replace(at, 7, "hunter3");
  const ConfigurationDiff diff = Diff(before, after);
  ASSERT_EQ(diff.changes.size(), 3u);
  for (const Change& change : diff.changes) {
    ASSERT_FALSE(change.fields.empty());
    for (const FieldChange& field : change.fields) {
      EXPECT_EQ(field.before, R"("<redacted>")") << field.path;
      EXPECT_EQ(field.after, R"("<redacted>")") << field.path;
    }
    EXPECT_THAT(change.json, Not(HasSubstr("hunter"))) << change.json;
  }
}

TEST(ConfigurationTest, WhatNoSchemaKnowsIsComparedAsItIs) {
  const ConfigurationDiff diff = Diff(R"({"plugins":[{"name":"mine","config":{"a":1}}]})",
                                      R"({"plugins":[{"name":"mine","config":{"a":1}}]})");
  EXPECT_TRUE(diff.changes.empty());
  ASSERT_EQ(diff.notes.size(), 1u);
  EXPECT_THAT(diff.notes[0], HasSubstr("there is no schema of the plugin mine"));
}

TEST(ConfigurationTest, WhatIsStoredIsWrittenSoThatNothingIsHashedTwice) {
  const Configuration stored = Read(R"({"_transform":false,"basicauth_credentials":[{"username":"b",
    "password":"feef","consumer":{"id":"11111111-1111-4111-8111-111111111111"},"tags":null}]})");
  EXPECT_TRUE(stored.stored);
  const std::string written = WriteConfiguration(stored);
  EXPECT_THAT(written, HasSubstr(R"("_transform":false)"));
  EXPECT_THAT(written, HasSubstr(R"("consumer":"11111111-1111-4111-8111-111111111111")"));
  EXPECT_THAT(written, HasSubstr(R"("password":"feef")"));
  EXPECT_THAT(written, Not(HasSubstr("tags")));
  EXPECT_TRUE(Compare(stored, Read(written), SchemaTable::Bundled()).changes.empty());
}

TEST(ConfigurationTest, HostileDocumentsAreErrorsOrEmpty) {
  for (std::string_view text : {"", "[", "5", "[]", R"({"services":[5]})", R"({"services":["a"]})"})
    EXPECT_FALSE(ReadConfiguration(text).ok()) << text;
  EXPECT_FALSE(ReadConfiguration(std::string(100000, '[')).ok());
  // Of wrong types everywhere, and referring in a circle.
  Diff(
      R"({"services":[{"routes":[{"plugins":5}]}],"targets":[{"upstream":7}]})",
      R"({"consumers":[{"username":{}}],"plugins":[{"route":{"id":5}}],"snis":[{"certificate":[]}]})");
}

}  // namespace
}  // namespace kong
