// The rules of plugins, as plugin_graph.cc puts them together.
#pragma once

#include "engine/emitter.h"
#include "engine/reader.h"
#include "kong/gateway_graph.h"

namespace kong {

using engine::Emitter;
using engine::Reader;

// Quarantine of a plugin, or of a Secret that it needs, excludes it; then also Services with it.
void ExcludePlugins(const GatewayGraph& g, const Quarantine& quarantine, Reader& read,
                    Emitter<ExcludedPlugin>& say) noexcept;
void ExcludeServicesOfPlugin(const GatewayGraph& g, const ExcludedPlugin& plugin, Reader& read,
                             Emitter<ExcludedService, ExcludedFacade>& say) noexcept;

// What a plugin is, apart from where it is attached.
void ReadKongPlugin(const GatewayGraph& g, const k8s::KongPlugin& plugin, Reader& read,
                    Emitter<PluginUsable, PluginBody, WantedSecret, Problem>& say) noexcept;
// The same; a global one is attached to everything.
void ReadKongClusterPlugin(
    const GatewayGraph& g, const k8s::KongClusterPlugin& plugin, Reader& read,
    Emitter<PluginUsable, PluginBody, PluginInstance, WantedSecret, Problem>& say) noexcept;

// A younger global plugin of one type is told.
void ReportGlobalLosers(const GatewayGraph& g, const k8s::KongClusterPlugin& plugin, Reader& read,
                        Emitter<Problem>& say) noexcept;

// Is the plugin there, and may it be used?
void BindPlugin(const GatewayGraph& g, const PluginUse& use, Reader& read,
                Emitter<PluginBinding, Problem>& say) noexcept;
// Instances for one target or caller, and for a target and a caller that meet in a plugin.
void AttachAlone(const GatewayGraph& g, const PluginBinding& binding, Reader& read,
                 Emitter<PluginInstance>& say) noexcept;
void AttachToBoth(const GatewayGraph& g, const PluginBinding& target, const PluginBinding& caller,
                  Reader& read, Emitter<PluginInstance>& say) noexcept;
// Two plugins of one type for one thing: the younger is told.
void ReportLosers(const GatewayGraph& g, const PluginPlace& place,
                  const engine::Group<PluginBinding>& bindings, Reader& read,
                  Emitter<Problem>& say) noexcept;
// An instance name that several plugins have: the oldest keeps it, the others are told.
void ElectNameOwner(const EntityId& name, const engine::Group<PluginInstance>& instances,
                    Emitter<InstanceNameOwner, Problem>& say) noexcept;
void RenderPlugin(const GatewayGraph& g, const PluginInstance& instance, Reader& read,
                  Emitter<Entity>& say) noexcept;

}  // namespace kong
