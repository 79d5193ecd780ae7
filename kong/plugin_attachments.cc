#include "kong/plugin_attachments.h"

#include <algorithm>

#include "engine/text.h"
#include "kong/gateway_graph.h"

namespace kong {
namespace {

// Of the open-source edition, 3.9: those whose schema wants `consumer` to be null. They decide who
// the consumer is, or answer before that is known.
constexpr std::string_view kBeforeConsumer[] = {
    "acl",          "acme",          "ai-request-transformer",
    "basic-auth",   "bot-detection", "cors",
    "hmac-auth",    "jwt",           "key-auth",
    "ldap-auth",    "oauth2",        "post-function",
    "pre-function", "session",       "standard-webhooks"};

}  // namespace

bool MayBeAttached(std::string_view plugin, PluginScope scope) {
  switch (scope) {
    case PluginScope::kConsumer:
      return !std::ranges::binary_search(kBeforeConsumer, plugin);
    case PluginScope::kRoute:
    case PluginScope::kService:
      return plugin != "acme";  // It is global or nothing.
    case PluginScope::kConsumerGroup:
      return true;
  }
  return true;
}

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
