#include "kong/plugin_attachments.h"
#include "kong/rules/plugin_rules.h"
#include "kong/rules/reports.h"

namespace kong {

void ExcludePlugins(const GatewayGraph& g, const Quarantine& quarantine, Reader& read,
                    Emitter<ExcludedPlugin>& say) noexcept {
  const ObjectRef& object = quarantine.object;
  const PluginRef plugin{object.ns, object.name};
  if (object == plugin.object()) say.Emit(ExcludedPlugin{plugin});
  const ObjectName id{object.ns, object.name};
  if (object != SecretRef(id)) return;
  for (const k8s::KongPlugin& each : read.In(g.plugins.plugins_by_secret, id))
    say.Emit(ExcludedPlugin{{each.meta.ns(), each.meta.name()}});
  for (const k8s::KongClusterPlugin& each : read.In(g.plugins.cluster_plugins_by_secret, id))
    say.Emit(ExcludedPlugin{{{}, each.meta.name()}});
}

// Whether an object with these annotations, which asks in the name of a Service, uses the plugin.
static bool Uses(const GatewayGraph& g, Reader& read, const k8s::ObjectMeta& meta,
                 const ObjectName& service, const PluginRef& plugin) {
  const PluginAsker asker{ServiceRef(service), k8s::Service::kType.group};
  for (const PluginRef& each : PluginsOf(meta.annotations, meta.ns())) {
    const bool named = each == plugin || each.OfCluster() == plugin;
    if (!named || !MayUsePlugin(g, read, asker, each)) continue;
    // A KongPlugin hides the KongClusterPlugin of its name.
    if (each == plugin || !read.Find(g.plugins.usable, each)) return true;
  }
  return false;
}

void ExcludeServicesOfPlugin(const GatewayGraph& g, const ExcludedPlugin& plugin, Reader& read,
                             Emitter<ExcludedService, ExcludedFacade>& say) noexcept {
  for (const k8s::Service& service : read.In(g.plugins.services_by_plugin, plugin.id)) {
    if (Uses(g, read, service.meta, service.key(), plugin.id))
      say.Emit(ExcludedService{service.key()});
  }
  for (const k8s::KongServiceFacade& facade : read.In(g.plugins.facades_by_plugin, plugin.id)) {
    if (Uses(g, read, facade.meta, {facade.meta.ns(), facade.service}, plugin.id))
      say.Emit(ExcludedFacade{facade.key()});
  }
}

}  // namespace kong
