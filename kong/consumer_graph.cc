#include "kong/consumer_graph.h"

#include "kong/gateway_graph.h"
#include "kong/rules/consumer_rules.h"

namespace kong {

void DeclareConsumers(engine::Graph& graph, GatewayGraph& g) {
  ConsumerGraph& c = g.consumers;
  auto rule = [&g](auto function) {
    return [&g, function](auto&... arguments) noexcept { function(g, arguments...); };
  };
  graph.AddRule("consumer_group_claims", c.groups,
                {&g.default_class, &g.quarantine, &g.plugins.excluded, &g.plugins.usable,
                 &g.attachment.grants},
                std::tie(c.admitted_groups, c.group_names, g.problems),
                rule(ClaimForConsumerGroup));
  graph.AddRule("consumer_groups", c.admitted_groups, {&c.groups, &c.group_names},
                std::tie(g.entities, g.plugins.uses, g.problems), rule(RenderConsumerGroup));
  graph.AddRule("consumer_claims", c.consumers,
                {&g.default_class, &g.quarantine, &g.plugins.excluded, &g.plugins.usable,
                 &g.attachment.grants},
                std::tie(c.admitted, c.names, g.problems), rule(ClaimForConsumer));
  graph.AddRule(
      "consumers", c.admitted, {&c.consumers, &c.names, &c.group_names},
      std::tie(g.entities, g.plugins.uses, c.credential_uses, g.wanted_secrets, g.problems),
      rule(RenderConsumer));
  graph.AddRule("credential_claims", c.credential_uses, {&g.secrets}, std::tie(c.credential_claims),
                rule(ClaimCredential));
  graph.AddRule("credentials", c.credential_uses,
                {&g.secrets, &g.secret_metadata, &c.credential_claims},
                std::tie(g.entities, g.problems), rule(RenderCredential));
  graph.AddRule("vault_prefixes", c.vaults, {&g.default_class, &g.quarantine},
                std::tie(c.vault_prefixes, g.problems), rule(ClaimVaultPrefix));
  graph.AddRule("vaults", c.vaults, {&g.default_class, &g.quarantine, &c.vault_prefixes},
                std::tie(g.entities, g.problems), rule(RenderVault));
  graph.AddRule("license_choice", c.licenses, {&g.quarantine}, std::tie(c.chosen_license),
                rule(ChooseLicense));
  graph.AddRule("license", c.chosen_license, {&c.licenses}, std::tie(g.entities),
                rule(RenderLicense));
}

void DeclareCustomEntities(engine::Graph& graph, GatewayGraph& g) {
  ConsumerGraph& c = g.consumers;
  auto rule = [&g](auto function) {
    return [&g, function](auto&... arguments) noexcept { function(g, arguments...); };
  };
  graph.AddRule("custom_entities_read", c.custom_entities,
                {&g.quarantine, &g.plugins.excluded, &g.plugins.usable, &g.attachment.grants},
                std::tie(g.entities, c.custom_entity_uses, g.problems), rule(ReadCustomEntity));
  graph.AddRule("plugin_has_services", g.plugins.services_of_plugin, {}, std::tie(c.has_services),
                [](const PluginRef& plugin, const engine::Group<PluginBinding>&, engine::Reader&,
                   auto& say) noexcept { say.Emit(PluginHasServices{plugin}); });
  auto& pairs = graph.AddPairs("custom_entities_and_services", c.custom_entities_of_plugin,
                               g.plugins.services_of_plugin);
  graph.AddRule("custom_entities", pairs, {&c.custom_entities}, std::tie(g.entities),
                rule(RenderCustomEntity));
  graph.AddRule("custom_entities_alone", c.custom_entity_uses,
                {&c.custom_entities, &c.has_services}, std::tie(g.entities),
                rule(RenderLoneCustomEntity));
}

}  // namespace kong
