// Random plugins, consumers and what comes with them: the part of RandomWorld that is about them.
#include "engine/text.h"
#include "tests/kong/random_world.h"

namespace kong {
namespace {

using engine::Cat;

constexpr std::string_view kLists[] = {"q0", "q1,q2", "q0,q3", "n0:q0", "n1:q1,q2", "q0,q0,:"};

}  // namespace

std::string RandomWorld::SomePlugins() { return std::string(kLists[Below(std::size(kLists))]); }

k8s::PluginSpec RandomWorld::SomePlugin() {
  k8s::PluginSpec spec;
  constexpr std::string_view kTypes[] = {"cors", "key-auth", "degraphql", "", "a:b"};
  spec.plugin = kTypes[OneIn(6) ? Below(5) : Below(3)];
  spec.disabled = OneIn(5);
  if (OneIn(3)) spec.instance_name = Cat("one", Below(2));
  if (OneIn(4)) spec.protocols = {"http", "pigeon"};
  if (OneIn(4)) spec.ordering = R"({"before":{"access":["acl"]}})";
  k8s::SecretKeyRef from{Symbol("n0"), Named("t", size_.secrets), OneIn(3) ? "none" : "conf"};
  switch (Below(4)) {
    case 0:
      spec.config = Cat(R"({"a":)", Below(3), "}");
      break;
    case 1:
      spec.config_from = from;
      break;
    case 2:
      spec.config = R"({"a":1})";
      spec.config_patches = {{OneIn(2) ? "/b/c" : "/a/c", from}};
      break;
    default:
      break;
  }
  return spec;
}

// Half of these choose us, some another, the rest nobody.
k8s::ObjectMeta RandomWorld::ClassedMeta(ObjectName id) {
  k8s::ObjectMeta meta = Meta(id);
  if (!OneIn(4))
    meta.annotations.Set(Symbol("kubernetes.io/ingress.class"), OneIn(8) ? "other" : "kong");
  return meta;
}

void RandomWorld::EditPlugin() {
  ObjectName id{Named("n", kRandomNamespaces), Named("q", 4)};
  if (OneIn(4)) {
    g_.plugins.plugins.Erase(id);
    return;
  }
  g_.plugins.plugins.Set({Meta(id), SomePlugin()});
}

void RandomWorld::EditClusterPlugin() {
  ObjectName id{{}, Named("q", 4)};
  if (OneIn(4)) {
    g_.plugins.cluster_plugins.Erase(id);
    return;
  }
  g_.plugins.cluster_plugins.Set({ClassedMeta(id), OneIn(2), SomePlugin()});
}

void RandomWorld::EditConsumer() {
  ObjectName id{Named("n", kRandomNamespaces), Named("c", 8)};
  if (OneIn(4)) {
    g_.consumers.consumers.Erase(id);
    return;
  }
  k8s::KongConsumer consumer;
  consumer.meta = ClassedMeta(id);
  if (OneIn(2)) consumer.meta.annotations.Set(Symbol("konghq.com/plugins"), SomePlugins());
  if (!OneIn(6)) consumer.username = Cat("user", Below(6));
  if (OneIn(3)) consumer.custom_id = Cat("id", Below(3));
  for (uint32_t n = Below(4); n > 0; --n) consumer.credentials.push_back(Named("t", size_.secrets));
  for (uint32_t n = Below(3); n > 0; --n) consumer.groups.push_back(Named("g", 3));
  if (OneIn(10)) consumer.control_plane = Symbol("konnectID");
  g_.consumers.consumers.Set(std::move(consumer));
}

void RandomWorld::EditConsumerGroup() {
  ObjectName id{Named("n", kRandomNamespaces), Named("g", 3)};
  if (OneIn(3)) {
    g_.consumers.groups.Erase(id);
    return;
  }
  k8s::KongConsumerGroup group;
  group.meta = ClassedMeta(id);
  if (OneIn(2)) group.meta.annotations.Set(Symbol("konghq.com/plugins"), SomePlugins());
  g_.consumers.groups.Set(std::move(group));
}

void RandomWorld::EditCustomEntity() {
  ObjectName id{Named("n", kRandomNamespaces), Named("x", 4)};
  if (OneIn(4)) {
    g_.consumers.custom_entities.Erase(id);
    return;
  }
  k8s::KongCustomEntity entity;
  entity.meta = Meta(id);
  constexpr std::string_view kTypes[] = {"degraphql_routes", "my_things", "services"};
  entity.type = kTypes[Below(3)];
  entity.fields_json = OneIn(6) ? "" : Cat(R"({"a":)", Below(2), "}");
  entity.controller = Symbol(OneIn(8) ? "other" : "kong");
  if (!OneIn(3)) {
    const k8s::ResourceType& type =
        OneIn(3) ? k8s::KongClusterPlugin::kType : k8s::KongPlugin::kType;
    entity.parent = {Symbol(type.group), Symbol(type.kind),
                     OneIn(3) ? Named("n", kRandomNamespaces) : Symbol(), Named("q", 4)};
  }
  g_.consumers.custom_entities.Set(std::move(entity));
}

void RandomWorld::EditVaultOrLicense() {
  ObjectName id{{}, Named("v", 4)};
  if (OneIn(2)) {
    if (OneIn(3))
      g_.consumers.licenses.Erase(id);
    else
      g_.consumers.licenses.Set({Meta(id), !OneIn(4), k8s::SecretBytes(Cat("text", Below(2)))});
    return;
  }
  if (OneIn(3)) {
    g_.consumers.vaults.Erase(id);
    return;
  }
  k8s::KongVault vault;
  vault.meta = ClassedMeta(id);
  vault.backend = OneIn(4) ? "hcv" : "env";
  vault.prefix = OneIn(6) ? "env" : Cat("my-", Below(2));
  g_.consumers.vaults.Set(std::move(vault));
}

// Grants let a kind of one namespace use plugins of the other.
void RandomWorld::EditPluginGrant() {
  ObjectName id{Named("n", kRandomNamespaces), Named("r", 2)};
  if (OneIn(2)) {
    g_.attachment.reference_grants.Erase(id);
    return;
  }
  constexpr std::pair<std::string_view, std::string_view> kFrom[] = {
      {"networking.k8s.io", "Ingress"},
      {"", "Service"},
      {"configuration.konghq.com", "KongConsumer"},
      {"configuration.konghq.com", "KongCustomEntity"}};
  const auto& [group, kind] = kFrom[Below(4)];
  k8s::ReferenceGrant grant;
  grant.meta = Meta(id);
  grant.from = {{Symbol(group), Symbol(kind), Named("n", kRandomNamespaces)}};
  grant.to = {{Symbol("configuration.konghq.com"), Symbol("KongPlugin"),
               OneIn(2) ? Symbol() : Named("q", 4)}};
  g_.attachment.reference_grants.Set(std::move(grant));
}

void RandomWorld::AddCredential(k8s::Secret& secret) {
  constexpr std::string_view kTypes[] = {"key-auth", "basic-auth", "hmac-auth", "jwt",
                                         "oauth2",   "acl",        "mtls-auth", "magic"};
  secret.meta.labels.Set(Symbol("konghq.com/credential"), std::string(kTypes[Below(8)]));
  auto put = [&](std::string_view key, std::string value) {
    if (!OneIn(8)) secret.data.emplace_back(key, k8s::SecretBytes(std::move(value)));
  };
  put("client_id", Cat("i", Below(2)));
  put("conf", OneIn(5) ? "text: [" : Cat("{\"a\":", Below(3), "}"));
  put("group", Cat("g", Below(2)));
  put("key", Cat("k", Below(3)));
  put("name", "app");
  put("password", "p");
  put("subject_name", Cat("cn", Below(2)));
  put("username", Cat("u", Below(3)));
}

void RandomWorld::EditPluginsAndConsumers() {
  uint32_t dice = Below(100);
  if (dice < 30)
    EditPlugin();
  else if (dice < 45)
    EditClusterPlugin();
  else if (dice < 70)
    EditConsumer();
  else if (dice < 80)
    EditConsumerGroup();
  else if (dice < 88)
    EditCustomEntity();
  else if (dice < 94)
    EditVaultOrLicense();
  else
    EditPluginGrant();
}

}  // namespace kong
