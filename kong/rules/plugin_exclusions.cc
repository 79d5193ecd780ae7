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

void ExcludeServicesOfPlugin(const GatewayGraph& g, const ExcludedPlugin& plugin, Reader& read,
                             Emitter<ExcludedService>& say) noexcept {
  for (const k8s::Service& service : read.In(g.plugins.services_by_plugin, plugin.id)) {
    const PluginAsker asker{ServiceRef(service.key()), k8s::Service::kType.group};
    for (const PluginRef& each : PluginsOf(service.meta.annotations, service.meta.ns())) {
      const bool named = each == plugin.id || each.OfCluster() == plugin.id;
      if (!named || !MayUsePlugin(g, read, asker, each)) continue;
      // A KongPlugin hides the KongClusterPlugin of its name.
      if (each == plugin.id || !read.Find(g.plugins.usable, each))
        say.Emit(ExcludedService{service.key()});
    }
  }
}

}  // namespace kong
