#include "kong/plugin_config.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

using engine::Symbol;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kValue = "s3cret-value";

k8s::Secret SecretWith(std::vector<std::pair<std::string, std::string>> data) {
  k8s::Secret secret;
  secret.meta.id = {Symbol("shop"), Symbol("conf")};
  for (auto& [key, value] : data) secret.data.emplace_back(key, k8s::SecretBytes(value));
  return secret;
}

absl::StatusOr<PluginConfig> Assemble(const k8s::PluginSpec& spec, const k8s::Secret& secret) {
  return AssembleConfig(spec, Symbol("shop"), [&](const k8s::NamespacedName& id) {
    return id == secret.key() ? &secret : nullptr;
  });
}

k8s::SecretKeyRef Key(std::string_view key) { return {{}, Symbol("conf"), std::string(key)}; }

TEST(PluginConfigTest, PatchesAsRfc6902AddsAndMakesWhatLeadsThere) {
  struct Case {
    std::string_view document, pointer, value, result;
  };
  for (const Case& c : std::vector<Case>{
           {R"({"a":1})", "/b", "2", R"({"a":1,"b":2})"},
           {R"({"a":1})", "/a", "2", R"({"a":2})"},
           {R"({"a":1})", "", R"({"x":[]})", R"({"x":[]})"},
           {R"({})", "/a/b/c", "true", R"({"a":{"b":{"c":true}}})"},
           {R"({"a":null})", "/a/b", "1", R"({"a":{"b":1}})"},
           {R"({"a":[1,3]})", "/a/1", "2", R"({"a":[1,2,3]})"},
           {R"({"a":[1]})", "/a/-", "2", R"({"a":[1,2]})"},
           {R"({"a":[1]})", "/a/1", "2", R"({"a":[1,2]})"},
           {R"({"a":[{"x":1}]})", "/a/0/y", "2", R"({"a":[{"x":1,"y":2}]})"},
           {R"({})", "/a~1b~0c", "1", R"({"a/b~c":1})"},
           {R"({})", "/", "1", R"({"":1})"},
       }) {
    absl::StatusOr<std::string> out = PatchJson(c.document, c.pointer, c.value);
    ASSERT_TRUE(out.ok()) << c.pointer << ": " << out.status();
    EXPECT_EQ(*out, c.result) << c.document << ' ' << c.pointer;
  }
}

TEST(PluginConfigTest, RefusesPathsThatLeadNowhere) {
  struct Case {
    std::string_view document, pointer;
  };
  for (const Case& c : std::vector<Case>{{"{}", "a"},
                                         {"{}", "/a~2"},
                                         {R"({"a":[1]})", "/a/2"},
                                         {R"({"a":[1]})", "/a/01"},
                                         {R"({"a":[1]})", "/a/-1"},
                                         {R"({"a":[1]})", "/a/99999999999999999999"},
                                         {R"({"a":[1]})", "/a/-/b"},
                                         {R"({"a":"text"})", "/a/b"}}) {
    EXPECT_FALSE(PatchJson(c.document, c.pointer, "1").ok()) << c.document << ' ' << c.pointer;
  }
}

TEST(PluginConfigTest, TextBehindANulIsNotPassedOver) {
  const std::string value("1\0,\"other\":2", 13);
  EXPECT_FALSE(PatchJson("{}", "/a", value).ok());
  EXPECT_FALSE(PatchJson(std::string("{}\0", 3), "/a", "1").ok());
}

TEST(PluginConfigTest, TakesAWholeConfigurationAsJsonOrYaml) {
  k8s::Secret secret = SecretWith({{"json", R"({"b":1,"a":2})"}, {"yaml", "b: 1\na: 2\n"}});
  for (std::string_view key : {"json", "yaml"}) {
    k8s::PluginSpec spec;
    spec.config_from = Key(key);
    absl::StatusOr<PluginConfig> config = Assemble(spec, secret);
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(config->json, R"({"a":2,"b":1})");
    EXPECT_TRUE(config->secret);
  }
}

TEST(PluginConfigTest, SaysNothingIfNothingIsSaid) {
  for (std::string_view config : {"{}", "null"}) {
    k8s::PluginSpec spec;
    spec.config = std::string(config);
    absl::StatusOr<PluginConfig> out = Assemble(spec, SecretWith({}));
    ASSERT_TRUE(out.ok()) << out.status();
    EXPECT_EQ(out->json, "") << config;
  }
  k8s::PluginSpec spec;
  spec.config_from = Key("empty");
  EXPECT_EQ(Assemble(spec, SecretWith({{"empty", "{}"}}))->json, "");
}

TEST(PluginConfigTest, RefusesWhatIsNoObject) {
  for (std::string_view config : {"[]", "[1,2]", "3", "\"{}\"", "true"}) {
    k8s::PluginSpec spec;
    spec.config = std::string(config);
    EXPECT_EQ(Assemble(spec, SecretWith({})).status().message(), "config must be an object")
        << config;
  }
}

TEST(PluginConfigTest, ItsOwnConfigurationIsNoSecret) {
  k8s::PluginSpec spec;
  spec.config = R"({"a":1})";
  EXPECT_FALSE(Assemble(spec, {})->secret);
  EXPECT_EQ(Assemble(spec, {})->json, R"({"a":1})");
}

TEST(PluginConfigTest, ErrorsNameTheKeyAndNeverTheValue) {
  std::string deep = std::string(10'000, '[') + std::string(kValue);
  k8s::Secret secret = SecretWith(
      {{"text", std::string(kValue)}, {"deep", deep}, {"nul", std::string("\0\xff: [", 5)}});
  for (std::string_view key : {"text", "deep", "nul", "absent"}) {
    k8s::PluginSpec whole, patch;
    whole.config_from = Key(key);
    patch.config_patches = {{"/a", Key(key)}};
    for (const k8s::PluginSpec& spec : {whole, patch}) {
      absl::StatusOr<PluginConfig> config = Assemble(spec, secret);
      ASSERT_FALSE(config.ok()) << key;
      EXPECT_THAT(config.status().ToString(), HasSubstr(std::string(key)));
      EXPECT_THAT(config.status().ToString(), HasSubstr("shop/conf"));
      EXPECT_THAT(config.status().ToString(), Not(HasSubstr(std::string(kValue))));
    }
  }
}

TEST(PluginConfigTest, ConfigAndConfigFromExcludeEachOther) {
  k8s::PluginSpec spec;
  spec.config = "{}";
  spec.config_from = Key("json");
  EXPECT_THAT(Assemble(spec, {}).status().ToString(), HasSubstr("both Config and ConfigFrom"));
}

}  // namespace
}  // namespace kong
