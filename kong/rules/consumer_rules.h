// The rules of consumers, groups, credentials, vaults, licences and custom entities, as
// consumer_graph.cc puts them together.
#pragma once

#include "engine/emitter.h"
#include "engine/reader.h"
#include "kong/gateway_graph.h"

namespace kong {

using engine::Emitter;
using engine::Reader;

// Whether spec.controlPlaneRef says that another controller takes the object.
inline bool IsForeign(Symbol control_plane) {
  return control_plane && control_plane.text() != "kic";
}

void ClaimForConsumerGroup(const GatewayGraph& g, const k8s::KongConsumerGroup& group, Reader& read,
                           Emitter<AdmittedGroup, GroupName, Problem>& say) noexcept;
void RenderConsumerGroup(const GatewayGraph& g, const AdmittedGroup& admitted, Reader& read,
                         Emitter<Entity, PluginUse, Problem>& say) noexcept;

void ClaimForConsumer(const GatewayGraph& g, const k8s::KongConsumer& consumer, Reader& read,
                      Emitter<AdmittedConsumer, ConsumerName, Problem>& say) noexcept;
// The consumer, its groups, and what it wants: plugins, credentials.
void RenderConsumer(const GatewayGraph& g, const AdmittedConsumer& admitted, Reader& read,
                    Emitter<Entity, PluginUse, CredentialUse, WantedSecret, Problem>& say) noexcept;

void ClaimCredential(const GatewayGraph& g, const CredentialUse& use, Reader& read,
                     Emitter<CredentialClaim>& say) noexcept;
void RenderCredential(const GatewayGraph& g, const CredentialUse& use, Reader& read,
                      Emitter<Entity, Problem>& say) noexcept;

void ClaimVaultPrefix(const GatewayGraph& g, const k8s::KongVault& vault, Reader& read,
                      Emitter<VaultPrefix, Problem>& say) noexcept;
void RenderVault(const GatewayGraph& g, const k8s::KongVault& vault, Reader& read,
                 Emitter<Entity, Problem>& say) noexcept;

void ChooseLicense(const GatewayGraph& g, const k8s::KongLicense& license, Reader& read,
                   Emitter<ChosenLicense>& say) noexcept;
void RenderLicense(const GatewayGraph& g, const ChosenLicense& chosen, Reader& read,
                   Emitter<Entity>& say) noexcept;

// A custom entity that stands alone, or what it needs of a plugin.
void ReadCustomEntity(const GatewayGraph& g, const k8s::KongCustomEntity& entity, Reader& read,
                      Emitter<Entity, CustomEntityUse, Problem>& say) noexcept;
// One that belongs to a service of a plugin.
void RenderCustomEntity(const GatewayGraph& g, const CustomEntityUse& use,
                        const PluginBinding& binding, Reader& read, Emitter<Entity>& say) noexcept;
// One whose plugin is attached to nothing.
void RenderLoneCustomEntity(const GatewayGraph& g, const CustomEntityUse& use, Reader& read,
                            Emitter<Entity>& say) noexcept;

}  // namespace kong
