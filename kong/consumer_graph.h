// The part of the program that is about consumers, their credentials and groups, and about what is
// not tied to routes: vaults, licences, and entities of any type.
//
//   KongConsumer ─▶ names, admitted ─▶ known ─▶ credential_uses ─▶ claims ─▶ entities
//   KongConsumerGroup ─▶ group_names ──┘
//
// Whoever loses a name, a key or a prefix to an older object reads who has it, and says so; nobody
// else is touched. Rules in rules/consumer_rules.h.
#pragma once

#include "engine/graph.h"
#include "k8s/kong_consumer.h"
#include "k8s/kong_consumer_group.h"
#include "k8s/kong_custom_entity.h"
#include "k8s/kong_license.h"
#include "k8s/kong_vault.h"
#include "kong/consumer_tables.h"
#include "kong/plugin_tables.h"

namespace kong {

class GatewayGraph;

class ConsumerGraph {
 private:
  engine::Graph& graph_;  // Comes first: the tables below are added to it in their order.

 public:
  explicit ConsumerGraph(engine::Graph& graph) : graph_(graph) {}

  engine::Source<k8s::KongConsumer>& consumers =
      graph_.AddSource<k8s::KongConsumer>("kong_consumers");
  engine::Source<k8s::KongConsumerGroup>& groups =
      graph_.AddSource<k8s::KongConsumerGroup>("kong_consumer_groups");
  engine::Source<k8s::KongVault>& vaults = graph_.AddSource<k8s::KongVault>("kong_vaults");
  engine::Source<k8s::KongLicense>& licenses = graph_.AddSource<k8s::KongLicense>("kong_licenses");
  engine::Source<k8s::KongCustomEntity>& custom_entities =
      graph_.AddSource<k8s::KongCustomEntity>("kong_custom_entities");

  engine::Table<AdmittedConsumer>& admitted =
      graph_.AddTable<AdmittedConsumer>("admitted_consumers");
  engine::Table<ConsumerName>& names = graph_.AddTable<ConsumerName>("consumer_names");
  engine::Table<AdmittedGroup>& admitted_groups =
      graph_.AddTable<AdmittedGroup>("admitted_consumer_groups");
  engine::Table<GroupName>& group_names = graph_.AddTable<GroupName>("consumer_group_names");
  engine::Table<CredentialUse>& credential_uses = graph_.AddTable<CredentialUse>("credential_uses");
  engine::Table<CredentialClaim>& credential_claims =
      graph_.AddTable<CredentialClaim>("credential_claims");
  engine::Table<VaultPrefix>& vault_prefixes = graph_.AddTable<VaultPrefix>("vault_prefixes");
  engine::Table<ChosenLicense>& chosen_license = graph_.AddTable<ChosenLicense>("chosen_license");
  engine::Table<CustomEntityUse>& custom_entity_uses =
      graph_.AddTable<CustomEntityUse>("custom_entity_uses");
  engine::Table<PluginHasServices>& has_services =
      graph_.AddTable<PluginHasServices>("plugin_has_services");

  engine::Index<CustomEntityUse, PluginRef>& custom_entities_of_plugin =
      graph_.AddIndex<PluginRef>("custom_entities_of_plugin", custom_entity_uses,
                                 [](const CustomEntityUse& use, auto visit) { visit(use.plugin); });
};

void DeclareConsumers(engine::Graph& graph, GatewayGraph& g);
// After the attachments of plugins, from which custom entities take the services they are for.
void DeclareCustomEntities(engine::Graph& graph, GatewayGraph& g);

}  // namespace kong
