#include "kong/plugin_attachments.h"

#include <algorithm>

#include "engine/text.h"
#include "kong/gateway_graph.h"

namespace kong {

std::vector<PluginRef> PluginsOf(const k8s::TextMap& annotations, Symbol ns) {
  std::vector<PluginRef> plugins;
  const std::string* list = annotations.Find(kPluginsAnnotation);
  if (!list) return plugins;
  for (std::string_view entry : engine::Split(*list, ',')) {
    entry = engine::Trim(entry);
    if (entry.empty() || entry.front() == ':' || entry.back() == ':') continue;
    size_t colon = entry.find(':');
    PluginRef plugin = colon == std::string_view::npos
                           ? PluginRef{ns, Symbol(entry)}
                           : PluginRef{Symbol(engine::Trim(entry.substr(0, colon))),
                                       Symbol(engine::Trim(entry.substr(colon + 1)))};
    if (std::find(plugins.begin(), plugins.end(), plugin) == plugins.end())
      plugins.push_back(plugin);
  }
  return plugins;
}

bool MayUsePlugin(const GatewayGraph& g, engine::Reader& read, const PluginAsker& asker,
                  const PluginRef& plugin) {
  const Referrer from{asker.group, asker.object.kind.text(), asker.object.ns};
  const k8s::ResourceType& type = k8s::KongPlugin::kType;
  return MayRefer(g, read, from, {type.group, type.kind, {plugin.ns, plugin.name}});
}

std::optional<PluginRef> ExcludedPluginOf(const GatewayGraph& g, engine::Reader& read,
                                          const PluginAsker& asker,
                                          std::span<const PluginRef> plugins) {
  for (const PluginRef& plugin : plugins) {
    if (!MayUsePlugin(g, read, asker, plugin)) continue;
    if (read.Find(g.plugins.excluded, plugin)) return plugin;
    if (read.Find(g.plugins.usable, plugin)) continue;
    if (read.Find(g.plugins.excluded, plugin.OfCluster())) return plugin.OfCluster();
  }
  return std::nullopt;
}

}  // namespace kong
