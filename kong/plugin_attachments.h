// How an object asks for plugins: the annotation konghq.com/plugins, and the rows that it becomes.
//
// Whoever makes a route, a service, a consumer or a group calls SayPluginUses in the rule that
// makes it; the rest is up to the plugins' own rules (plugin_graph.h). What is quarantined with a
// plugin asks ExcludedPluginOf before it says anything. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "engine/reader.h"
#include "k8s/object_meta.h"
#include "kong/plugin_tables.h"

namespace kong {

class GatewayGraph;

inline constexpr std::string_view kPluginsAnnotation = "konghq.com/plugins";

// The plugins that an object of namespace `ns` asks for, each once, in its order. "other:name" is
// one of another namespace, for which PluginUse needs a ReferenceGrant.
std::vector<PluginRef> PluginsOf(const k8s::TextMap& annotations, Symbol ns);

// Who asks: told if a plugin is missing, and held against ReferenceGrants.
struct PluginAsker {
  ObjectRef object;
  std::string_view group;  // "networking.k8s.io"; empty: the core group.
};

// May it use a plugin of another namespace? One of its own it always may. Reads
// `g.attachment.grants`.
bool MayUsePlugin(const GatewayGraph& g, engine::Reader& read, const PluginAsker& asker,
                  const PluginRef& plugin);

// A plugin among these that is in quarantine, or needs a Secret that is. A rule that asks lists
// `g.plugins.excluded`, `g.plugins.usable` and `g.attachment.grants` among what it reads. Without
// plugins it reads nothing.
std::optional<PluginRef> ExcludedPluginOf(const GatewayGraph& g, engine::Reader& read,
                                          const PluginAsker& asker,
                                          std::span<const PluginRef> plugins);

// Whether Kong runs a plugin of this type for a route, a service, a caller alone.
bool MayBeAttached(std::string_view plugin, PluginScope scope);

// One row for each plugin. `Say` is an Emitter with PluginUse among its rows.
template <class Say>
void SayPluginUses(Say& say, const PluginAsker& asker, const PluginTarget& target,
                   std::span<const PluginRef> plugins) {
  for (const PluginRef& plugin : plugins)
    say.Emit(PluginUse{plugin, target, asker.object, Symbol(asker.group)});
}

}  // namespace kong
