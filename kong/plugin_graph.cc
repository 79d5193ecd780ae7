#include "kong/plugin_graph.h"

#include "kong/gateway_graph.h"
#include "kong/plugin_attachments.h"
#include "kong/rules/plugin_rules.h"

namespace kong {

PluginGraph::PluginGraph(engine::Graph& graph, engine::Table<k8s::Service>& services,
                         engine::Table<k8s::KongServiceFacade>& facades)
    : graph_(graph),
      services_(services),
      plugins(graph_.AddSource<k8s::KongPlugin>("kong_plugins")),
      cluster_plugins(graph_.AddSource<k8s::KongClusterPlugin>("kong_cluster_plugins")),
      uses(graph_.AddTable<PluginUse>("plugin_uses")),
      usable(graph_.AddTable<PluginUsable>("plugin_usable")),
      bodies(graph_.AddTable<PluginBody>("plugin_bodies")),
      excluded(graph_.AddTable<ExcludedPlugin>("excluded_plugins")),
      bindings(graph_.AddTable<PluginBinding>("plugin_bindings")),
      has_targets(graph_.AddTable<PluginHasTargets>("plugin_has_targets")),
      has_callers(graph_.AddTable<PluginHasCallers>("plugin_has_callers")),
      instances(graph_.AddTable<PluginInstance>("plugin_instances")),
      name_owners(graph_.AddTable<InstanceNameOwner>("instance_name_owners")),
      plugins_by_secret(
          graph_.AddIndex<ObjectName>("plugins_by_secret", plugins, SecretsOf<k8s::KongPlugin>)),
      cluster_plugins_by_secret(graph_.AddIndex<ObjectName>(
          "cluster_plugins_by_secret", cluster_plugins, SecretsOf<k8s::KongClusterPlugin>)),
      services_by_plugin(
          graph_.AddIndex<PluginRef>("services_by_plugin", services_, RefsOf<k8s::Service>)),
      facades_by_plugin(
          graph_.AddIndex<PluginRef>("facades_by_plugin", facades, RefsOf<k8s::KongServiceFacade>)),
      targets_of_plugin(graph_.AddIndex<PluginRef>("targets_of_plugin", bindings,
                                                   [](const PluginBinding& binding, auto visit) {
                                                     if (!IsCaller(binding.target.scope))
                                                       visit(binding.plugin);
                                                   })),
      callers_of_plugin(graph_.AddIndex<PluginRef>("callers_of_plugin", bindings,
                                                   [](const PluginBinding& binding, auto visit) {
                                                     if (IsCaller(binding.target.scope))
                                                       visit(binding.plugin);
                                                   })),
      bindings_of_place(graph_.AddIndex<PluginPlace>(
          "bindings_of_place", bindings,
          [](const PluginBinding& binding, auto visit) {
            visit({binding.found.plugin, binding.target.scope, binding.target.id});
          })),
      instances_by_name(graph_.AddIndex<EntityId>("instances_by_name", instances,
                                                  [](const PluginInstance& instance, auto visit) {
                                                    if (!instance.instance_name.empty())
                                                      visit(instance.name_id());
                                                  })),
      services_of_plugin(graph_.AddIndex<PluginRef>(
          "services_of_plugin", bindings, [](const PluginBinding& binding, auto visit) {
            if (IsCaller(binding.target.scope)) return;
            for (const CustomEntityType& type : kServiceEntityTypes) {
              if (binding.found.plugin.text() == type.plugin) visit(binding.found.id);
            }
          })) {}

void PluginGraph::VisitRefs(const k8s::ObjectMeta& meta,
                            absl::FunctionRef<void(const PluginRef&)> visit) {
  for (const PluginRef& plugin : PluginsOf(meta.annotations, meta.ns())) {
    visit(plugin);
    visit(plugin.OfCluster());
  }
}

void DeclarePlugins(engine::Graph& graph, GatewayGraph& g) {
  PluginGraph& p = g.plugins;
  auto rule = [&g](auto function) {
    return [&g, function](auto&... arguments) noexcept { function(g, arguments...); };
  };
  graph.AddRule("excluded_plugins", g.quarantine,
                {&p.plugins_by_secret, &p.cluster_plugins_by_secret}, std::tie(p.excluded),
                rule(ExcludePlugins));
  graph.AddRule("kong_plugins", p.plugins, {&g.secrets, &g.secret_metadata, &p.excluded},
                std::tie(p.usable, p.bodies, g.wanted_secrets, g.problems), rule(ReadKongPlugin));
  graph.AddRule("kong_cluster_plugins", p.cluster_plugins,
                {&g.secrets, &g.secret_metadata, &p.excluded, &g.default_class},
                std::tie(p.usable, p.bodies, p.instances, g.wanted_secrets, g.problems),
                rule(ReadKongClusterPlugin));
  graph.AddRule("excluded_services_by_plugin", p.excluded,
                {&p.services_by_plugin, &p.facades_by_plugin, &p.usable, &g.attachment.grants},
                std::tie(g.excluded_services, g.policies.excluded_facades),
                rule(ExcludeServicesOfPlugin));
}

void DeclarePluginAttachments(engine::Graph& graph, GatewayGraph& g) {
  PluginGraph& p = g.plugins;
  auto rule = [&g](auto function) {
    return [&g, function](auto&... arguments) noexcept { function(g, arguments...); };
  };
  graph.AddRule("plugin_bindings", p.uses, {&p.usable, &g.attachment.grants},
                std::tie(p.bindings, g.problems), rule(BindPlugin));
  graph.AddRule("plugin_has_targets", p.targets_of_plugin, {}, std::tie(p.has_targets),
                [](const PluginRef& plugin, const engine::Group<PluginBinding>&, Reader&,
                   auto& say) noexcept { say.Emit(PluginHasTargets{plugin}); });
  graph.AddRule("plugin_has_callers", p.callers_of_plugin, {}, std::tie(p.has_callers),
                [](const PluginRef& plugin, const engine::Group<PluginBinding>&, Reader&,
                   auto& say) noexcept { say.Emit(PluginHasCallers{plugin}); });
  graph.AddRule("plugins_alone", p.bindings, {&p.has_targets, &p.has_callers},
                std::tie(p.instances), rule(AttachAlone));
  auto& pairs =
      graph.AddPairs("plugin_targets_and_callers", p.targets_of_plugin, p.callers_of_plugin);
  graph.AddRule("plugins_where_they_meet", pairs, {}, std::tie(p.instances), rule(AttachToBoth));
  graph.AddRule(
      "plugins_out_of_place", p.bindings_of_place, {&p.instances, &p.has_targets, &p.has_callers},
      std::tie(g.problems),
      [&g](const PluginPlace& place, const engine::Group<PluginBinding>& bindings, Reader& read,
           auto& say) noexcept { ReportLosers(g, place, bindings, read, say); });
  graph.AddRule("global_plugins_out_of_place", p.cluster_plugins, {&p.usable, &p.instances},
                std::tie(g.problems), rule(ReportGlobalLosers));
  graph.AddRule("instance_names", p.instances_by_name, {}, std::tie(p.name_owners, g.problems),
                [](const EntityId& name, const engine::Group<PluginInstance>& instances, Reader&,
                   auto& say) noexcept { ElectNameOwner(name, instances, say); });
  graph.AddRule("plugins", p.instances, {&p.bodies, &p.name_owners}, std::tie(g.entities),
                rule(RenderPlugin));
}

}  // namespace kong
