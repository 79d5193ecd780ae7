// The part of the program that is about plugins: sources, tables, and the rules between them.
//
//   KongPlugin ─▶ usable, bodies ────────────────┐
//   PluginUse ──▶ bindings ─▶ targets × callers ─┴▶ instances ─▶ entities
//
// A plugin applies to all that ask for it. If routes or services ask and also consumers or groups
// do, it applies where they meet: for this consumer on that route. The product is made of pairs, so
// that one more consumer costs what it adds.
//
// Declared in two places, because rules of others stand between them: what plugins are comes before
// everybody who asks for one, where they are attached comes after.
#pragma once

#include "engine/graph.h"
#include "k8s/kong_cluster_plugin.h"
#include "k8s/kong_plugin.h"
#include "k8s/kong_service_facade.h"
#include "k8s/service.h"
#include "kong/plugin_tables.h"

namespace kong {

class GatewayGraph;

class PluginGraph {
 private:
  engine::Graph& graph_;  // Comes first: the tables below are added to it in their order.
  engine::Table<k8s::Service>& services_;

 public:
  PluginGraph(engine::Graph& graph, engine::Table<k8s::Service>& services,
              engine::Table<k8s::KongServiceFacade>& facades);

  engine::Source<k8s::KongPlugin>& plugins;
  engine::Source<k8s::KongClusterPlugin>& cluster_plugins;

  // Said by everybody who asks.
  engine::Table<PluginUse>& uses;

  engine::Table<PluginUsable>& usable;
  engine::Table<PluginBody>& bodies;
  engine::Table<ExcludedPlugin>& excluded;
  engine::Table<PluginBinding>& bindings;
  engine::Table<PluginHasTargets>& has_targets;
  engine::Table<PluginHasCallers>& has_callers;
  engine::Table<PluginInstance>& instances;
  engine::Table<InstanceNameOwner>& name_owners;

  engine::Index<k8s::KongPlugin, ObjectName>& plugins_by_secret;
  engine::Index<k8s::KongClusterPlugin, ObjectName>& cluster_plugins_by_secret;
  engine::Index<k8s::Service, PluginRef>& services_by_plugin;
  engine::Index<k8s::KongServiceFacade, PluginRef>& facades_by_plugin;
  engine::Index<PluginBinding, PluginRef>& targets_of_plugin;
  engine::Index<PluginBinding, PluginRef>& callers_of_plugin;
  engine::Index<PluginBinding, PluginPlace>& bindings_of_place;
  engine::Index<PluginInstance, EntityId>& instances_by_name;  // Of those that have one.
  // By the plugin itself, of those that have custom entities.
  engine::Index<PluginBinding, PluginRef>& services_of_plugin;

 private:
  template <class P>
  static void SecretsOf(const P& plugin, absl::FunctionRef<void(const ObjectName&)> visit) {
    auto visit_key = [&](const k8s::SecretKeyRef& from) {
      visit({plugin.meta.ns() ? plugin.meta.ns() : from.ns, from.name});
    };
    if (plugin.spec.config_from) visit_key(*plugin.spec.config_from);
    for (const k8s::ConfigPatch& patch : plugin.spec.config_patches) visit_key(patch.from);
  }
  template <class R>  // Also by the name alone.
  static void RefsOf(const R& object, absl::FunctionRef<void(const PluginRef&)> visit) {
    VisitRefs(object.meta, visit);
  }
  static void VisitRefs(const k8s::ObjectMeta& meta,
                        absl::FunctionRef<void(const PluginRef&)> visit);
};

// What plugins are, and who is quarantined with them.
void DeclarePlugins(engine::Graph& graph, GatewayGraph& g);
// Where they are attached. After everybody who says PluginUses.
void DeclarePluginAttachments(engine::Graph& graph, GatewayGraph& g);

}  // namespace kong
