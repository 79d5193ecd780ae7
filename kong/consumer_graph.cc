#include "kong/consumer_graph.h"

#include "kong/gateway_graph.h"
#include "kong/rules/consumer_rules.h"

namespace kong {

ConsumerGraph::ConsumerGraph(engine::Graph& graph)
    : graph_(graph),
      consumers(graph_.AddSource<k8s::KongConsumer>("kong_consumers")),
      groups(graph_.AddSource<k8s::KongConsumerGroup>("kong_consumer_groups")),
      vaults(graph_.AddSource<k8s::KongVault>("kong_vaults")),
      licenses(graph_.AddSource<k8s::KongLicense>("kong_licenses")),
      custom_entities(graph_.AddSource<k8s::KongCustomEntity>("kong_custom_entities")),
      admitted(graph_.AddTable<AdmittedConsumer>("admitted_consumers")),
      names(graph_.AddTable<ConsumerName>("consumer_names")),
      admitted_groups(graph_.AddTable<AdmittedGroup>("admitted_consumer_groups")),
      group_names(graph_.AddTable<GroupName>("consumer_group_names")),
      credential_uses(graph_.AddTable<CredentialUse>("credential_uses")),
      credential_claims(graph_.AddTable<CredentialClaim>("credential_claims")),
      vault_prefixes(graph_.AddTable<VaultPrefix>("vault_prefixes")),
      chosen_license(graph_.AddTable<ChosenLicense>("chosen_license")),
      custom_entity_uses(graph_.AddTable<CustomEntityUse>("custom_entity_uses")),
      has_services(graph_.AddTable<PluginHasServices>("plugin_has_services")),
      custom_entities_of_plugin(graph_.AddIndex<PluginRef>(
          "custom_entities_of_plugin", custom_entity_uses,
          [](const CustomEntityUse& use, auto visit) { visit(use.plugin); })) {}

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
