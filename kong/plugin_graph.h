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
#include "k8s/service.h"
#include "kong/plugin_tables.h"

namespace kong {

class GatewayGraph;

class PluginGraph {
 private:
  engine::Graph& graph_;  // Comes first: the tables below are added to it in their order.
  engine::Table<k8s::Service>& services_;

 public:
  PluginGraph(engine::Graph& graph, engine::Table<k8s::Service>& services)
      : graph_(graph), services_(services) {}

  engine::Source<k8s::KongPlugin>& plugins = graph_.AddSource<k8s::KongPlugin>("kong_plugins");
  engine::Source<k8s::KongClusterPlugin>& cluster_plugins =
      graph_.AddSource<k8s::KongClusterPlugin>("kong_cluster_plugins");

  // Said by everybody who asks.
  engine::Table<PluginUse>& uses = graph_.AddTable<PluginUse>("plugin_uses");

  engine::Table<PluginUsable>& usable = graph_.AddTable<PluginUsable>("plugin_usable");
  engine::Table<PluginBody>& bodies = graph_.AddTable<PluginBody>("plugin_bodies");
  engine::Table<ExcludedPlugin>& excluded = graph_.AddTable<ExcludedPlugin>("excluded_plugins");
  engine::Table<PluginBinding>& bindings = graph_.AddTable<PluginBinding>("plugin_bindings");
  engine::Table<PluginHasTargets>& has_targets =
      graph_.AddTable<PluginHasTargets>("plugin_has_targets");
  engine::Table<PluginHasCallers>& has_callers =
      graph_.AddTable<PluginHasCallers>("plugin_has_callers");
  engine::Table<PluginInstance>& instances = graph_.AddTable<PluginInstance>("plugin_instances");

  engine::Index<k8s::KongPlugin, ObjectName>& plugins_by_secret =
      graph_.AddIndex<ObjectName>("plugins_by_secret", plugins, SecretsOf<k8s::KongPlugin>);
  engine::Index<k8s::KongClusterPlugin, ObjectName>& cluster_plugins_by_secret =
      graph_.AddIndex<ObjectName>("cluster_plugins_by_secret", cluster_plugins,
                                  SecretsOf<k8s::KongClusterPlugin>);
  engine::Index<k8s::Service, PluginRef>& services_by_plugin =  // Also by the name alone.
      graph_.AddIndex<PluginRef>("services_by_plugin", services_, RefsOf);
  engine::Index<PluginBinding, PluginRef>& targets_of_plugin = graph_.AddIndex<PluginRef>(
      "targets_of_plugin", bindings, [](const PluginBinding& binding, auto visit) {
        if (!IsCaller(binding.target.scope)) visit(binding.plugin);
      });
  engine::Index<PluginBinding, PluginRef>& callers_of_plugin = graph_.AddIndex<PluginRef>(
      "callers_of_plugin", bindings, [](const PluginBinding& binding, auto visit) {
        if (IsCaller(binding.target.scope)) visit(binding.plugin);
      });
  engine::Index<PluginBinding, PluginPlace>& bindings_of_place = graph_.AddIndex<PluginPlace>(
      "bindings_of_place", bindings, [](const PluginBinding& binding, auto visit) {
        visit({binding.found.plugin, binding.target.scope, binding.target.id});
      });
  // By the plugin itself, of those that have custom entities.
  engine::Index<PluginBinding, PluginRef>& services_of_plugin = graph_.AddIndex<PluginRef>(
      "services_of_plugin", bindings, [](const PluginBinding& binding, auto visit) {
        if (IsCaller(binding.target.scope)) return;
        for (const CustomEntityType& type : kServiceEntityTypes) {
          if (binding.found.plugin.text() == type.plugin) visit(binding.found.id);
        }
      });

 private:
  template <class P>
  static void SecretsOf(const P& plugin, absl::FunctionRef<void(const ObjectName&)> visit) {
    auto visit_key = [&](const k8s::SecretKeyRef& from) {
      visit({plugin.meta.ns() ? plugin.meta.ns() : from.ns, from.name});
    };
    if (plugin.spec.config_from) visit_key(*plugin.spec.config_from);
    for (const k8s::ConfigPatch& patch : plugin.spec.config_patches) visit_key(patch.from);
  }
  static void RefsOf(const k8s::Service& service, absl::FunctionRef<void(const PluginRef&)> visit);
};

// What plugins are, and who is quarantined with them.
void DeclarePlugins(engine::Graph& graph, GatewayGraph& g);
// Where they are attached. After everybody who says PluginUses.
void DeclarePluginAttachments(engine::Graph& graph, GatewayGraph& g);

}  // namespace kong
