#include "engine/text.h"
#include "kong/plugin_attachments.h"
#include "kong/rules/plugin_rules.h"
#include "kong/rules/reports.h"

namespace kong {
namespace {

using engine::Cat;

std::string_view NameOf(PluginScope scope) {
  switch (scope) {
    case PluginScope::kRoute:
      return "a route";
    case PluginScope::kService:
      return "a service";
    case PluginScope::kConsumer:
      return "a consumer";
    case PluginScope::kConsumerGroup:
      return "a consumer group";
  }
  return "";
}

}  // namespace

void BindPlugin(const GatewayGraph& g, const PluginUse& use, Reader& read,
                Emitter<PluginBinding, Problem>& say) noexcept {
  const PluginAsker asker{use.asker, use.asker_group.text()};
  if (!MayUsePlugin(g, read, asker, use.plugin)) {
    return ReportFailure(
        say, use.asker,
        Cat("no grant found to referenced plugin \"", use.plugin.ns, ':', use.plugin.name,
            "\": a ReferenceGrant in namespace ", use.plugin.ns, " must let ", use.asker.kind,
            " of namespace ", use.asker.ns, " refer to KongPlugin"));
  }
  const PluginUsable* found = read.Find(g.plugins.usable, use.plugin);
  if (!found) found = read.Find(g.plugins.usable, use.plugin.OfCluster());
  if (!found) {
    return ReportFailure(
        say, use.asker,
        Cat("referenced KongPlugin or KongClusterPlugin \"", use.plugin.name, "\" does not exist"));
  }
  if (!found->plugin) return;  // Its author is told.
  if (!MayBeAttached(found->plugin.text(), use.target.scope)) {
    return ReportFailure(
        say, use.asker,
        Cat("konghq.com/plugins: ", found->id.object().text(), " is a plugin of type ",
            found->plugin, ", which Kong does not run for ", NameOf(use.target.scope),
            "; it is ignored here"));
  }
  say.Emit(PluginBinding{use.plugin, use.target, *found});
}

}  // namespace kong
