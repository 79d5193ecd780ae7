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
  explicit ConsumerGraph(engine::Graph& graph);

  engine::Source<k8s::KongConsumer>& consumers;
  engine::Source<k8s::KongConsumerGroup>& groups;
  engine::Source<k8s::KongVault>& vaults;
  engine::Source<k8s::KongLicense>& licenses;
  engine::Source<k8s::KongCustomEntity>& custom_entities;

  engine::Table<AdmittedConsumer>& admitted;
  engine::Table<ConsumerName>& names;
  engine::Table<AdmittedGroup>& admitted_groups;
  engine::Table<GroupName>& group_names;
  engine::Table<CredentialUse>& credential_uses;
  engine::Table<CredentialClaim>& credential_claims;
  engine::Table<VaultPrefix>& vault_prefixes;
  engine::Table<ChosenLicense>& chosen_license;
  engine::Table<CustomEntityUse>& custom_entity_uses;
  engine::Table<PluginHasServices>& has_services;

  engine::Index<CustomEntityUse, PluginRef>& custom_entities_of_plugin;
};

void DeclareConsumers(engine::Graph& graph, GatewayGraph& g);
// After the attachments of plugins, from which custom entities take the services they are for.
void DeclareCustomEntities(engine::Graph& graph, GatewayGraph& g);

}  // namespace kong
