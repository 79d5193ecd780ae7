// The rows of configuration.konghq.com that are about plugins and consumers.
#include "engine/row.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "k8s/kong_cluster_plugin.h"
#include "k8s/kong_consumer.h"
#include "k8s/kong_consumer_group.h"
#include "k8s/kong_custom_entity.h"
#include "k8s/kong_license.h"
#include "k8s/kong_plugin.h"
#include "k8s/kong_vault.h"
#include "k8s/parse.h"

namespace k8s {
namespace {

using engine::Symbol;
using testing::ElementsAre;

template <class R>
R Parse(std::string_view json) {
  absl::StatusOr<Parsed<R>> parsed = ParseObject<R>(json, {});
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? std::move(parsed->row) : R();
}

TEST(KongPluginTest, KeepsItsConfigurationAsCanonicalText) {
  KongPlugin plugin = Parse<KongPlugin>(R"({"metadata":{"name":"p","namespace":"shop"},
      "plugin":"cors","disabled":true,"instance_name":"one","run_on":"first",
      "protocols":["http"],"ordering":{"before":{"access":["b","a"]}},
      "config":{"b":1,"a":{"d":null,"c":[]}}})");
  EXPECT_EQ(plugin.key(), (NamespacedName{Symbol("shop"), Symbol("p")}));
  EXPECT_EQ(plugin.spec.plugin, "cors");
  EXPECT_TRUE(plugin.spec.disabled);
  EXPECT_EQ(plugin.spec.instance_name, "one");
  EXPECT_THAT(plugin.spec.protocols, ElementsAre("http"));
  EXPECT_EQ(plugin.spec.ordering, R"({"before":{"access":["b","a"]}})");
  EXPECT_EQ(plugin.spec.config, R"({"a":{"c":[],"d":null},"b":1})");
}

TEST(KongPluginTest, ReadsWhereItsConfigurationIs) {
  KongPlugin plugin = Parse<KongPlugin>(R"({"metadata":{"name":"p","namespace":"shop"},
      "plugin":"cors","config":null,"configFrom":{"secretKeyRef":{"name":"s","key":"k"}},
      "configPatches":[{"path":"/a","valueFrom":{"secretKeyRef":{"name":"t","key":"l"}}}]})");
  EXPECT_FALSE(plugin.spec.config);
  ASSERT_TRUE(plugin.spec.config_from);
  EXPECT_EQ(plugin.spec.config_from->name, Symbol("s"));
  EXPECT_EQ(plugin.spec.config_from->key, "k");
  ASSERT_EQ(plugin.spec.config_patches.size(), 1u);
  EXPECT_EQ(plugin.spec.config_patches[0].path, "/a");
  EXPECT_EQ(plugin.spec.config_patches[0].from.key, "l");
}

TEST(KongPluginTest, AnArrayIsNoPlugin) {
  EXPECT_FALSE(ParseObject<KongPlugin>(R"({"metadata":{"name":"p"},"plugin":["cors"]})", {}).ok());
}

TEST(KongClusterPluginTest, IsGlobalByItsLabel) {
  EXPECT_TRUE(Parse<KongClusterPlugin>(
                  R"({"metadata":{"name":"p","labels":{"global":"true"}},"plugin":"cors"})")
                  .global);
  EXPECT_FALSE(Parse<KongClusterPlugin>(
                   R"({"metadata":{"name":"p","labels":{"global":"yes"}},"plugin":"cors"})")
                   .global);
}

TEST(KongConsumerTest, ReadsCredentialsAndGroups) {
  KongConsumer consumer = Parse<KongConsumer>(R"({"metadata":{"name":"c","namespace":"shop"},
      "username":"ann","custom_id":"7","credentials":["k1","k2"],"consumerGroups":["gold"],
      "spec":{"controlPlaneRef":{"type":"konnectID"}}})");
  EXPECT_EQ(consumer.username, "ann");
  EXPECT_EQ(consumer.custom_id, "7");
  EXPECT_THAT(consumer.credentials, ElementsAre(Symbol("k1"), Symbol("k2")));
  EXPECT_THAT(consumer.groups, ElementsAre(Symbol("gold")));
  EXPECT_EQ(consumer.control_plane, Symbol("konnectID"));
}

TEST(KongConsumerGroupTest, IsItsName) {
  EXPECT_EQ(Parse<KongConsumerGroup>(R"({"metadata":{"name":"gold","namespace":"shop"}})").key(),
            (NamespacedName{Symbol("shop"), Symbol("gold")}));
}

TEST(KongVaultTest, ReadsPrefixBackendAndConfiguration) {
  KongVault vault = Parse<KongVault>(R"({"metadata":{"name":"v"},"spec":{"backend":"env",
      "prefix":"my-env","description":"d","config":{"prefix":"P_"}}})");
  EXPECT_EQ(vault.backend, "env");
  EXPECT_EQ(vault.prefix, "my-env");
  EXPECT_EQ(vault.description, "d");
  EXPECT_EQ(vault.config, R"({"prefix":"P_"})");
}

TEST(KongLicenseTest, IsEnabledUnlessItSaysNo) {
  EXPECT_TRUE(Parse<KongLicense>(R"({"metadata":{"name":"l"},"rawLicenseString":"x"})").enabled);
  EXPECT_FALSE(Parse<KongLicense>(R"({"metadata":{"name":"l"},"enabled":false})").enabled);
}

TEST(KongLicenseTest, ShowsNothingOfItsText) {
  KongLicense license =
      Parse<KongLicense>(R"({"metadata":{"name":"l"},"rawLicenseString":"s3cret"})");
  EXPECT_EQ(license.text.bytes(), "s3cret");
  EXPECT_EQ(engine::TextOf(license).find("s3cret"), std::string::npos);
}

TEST(KongCustomEntityTest, ReadsFieldsAndParent) {
  KongCustomEntity entity = Parse<KongCustomEntity>(R"({"metadata":{"name":"e","namespace":"shop"},
      "spec":{"type":"degraphql_routes","controllerName":"kong","fields":{"uri":"/a","query":"q"},
      "parentRef":{"group":"configuration.konghq.com","kind":"KongPlugin","name":"p"}}})");
  EXPECT_EQ(entity.type, "degraphql_routes");
  EXPECT_EQ(entity.controller, Symbol("kong"));
  EXPECT_EQ(entity.fields_json, R"({"query":"q","uri":"/a"})");
  EXPECT_EQ(entity.parent.kind, Symbol("KongPlugin"));
  EXPECT_EQ(entity.parent.name, Symbol("p"));
}

}  // namespace
}  // namespace k8s
