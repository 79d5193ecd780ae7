// The rules: one function each, pure, defined in the file of its name.
//
// A rule gets the row or group of its domain, a Reader, which writes down what it looks at, and an
// Emitter for the tables that gateway_graph.cc gives it. Order of the emitter's types = order of
// tables.
#pragma once

#include "engine/emitter.h"
#include "engine/reader.h"
#include "kong/gateway_graph.h"

namespace kong {

using engine::Emitter;
using engine::Reader;

// Which Ingresses are ours, and two switches for all of them.
void ReadIngressClass(
    const GatewayGraph& g, const k8s::IngressClass& ingress_class, Reader& read,
    Emitter<DefaultClass, ServiceUpstreamOn, LegacyRegexOn, Problem>& say) noexcept;

// Quarantine of a Service, or of a Secret that Services need, excludes these Services.
void ExcludeServices(const GatewayGraph& g, const Quarantine& quarantine, Reader& read,
                     Emitter<ExcludedService>& say) noexcept;

// What gateways refuse is told to its author.
void ReportRefusal(const GatewayGraph& g, const RefusedEntity& refused, Reader& read,
                   Emitter<Problem>& say) noexcept;

// What others need to know of a Secret, and what it claims as a CA certificate.
void ReadSecret(const GatewayGraph& g, const k8s::Secret& secret, Reader& read,
                Emitter<SecretState, SecretFacts, CaSecret, CaOwner, Problem>& say) noexcept;
void RenderCaCertificate(const GatewayGraph& g, const CaSecret& ca, Reader& read,
                         Emitter<Entity, Problem>& say) noexcept;

// Everything that an Ingress claims: names, services, hosts, Secrets, to be the default backend.
void ClaimForIngress(const GatewayGraph& g, const k8s::Ingress& ingress, Reader& read,
                     Emitter<Admitted, RouteName, ServiceUse, SniUse, UsedCertificate, WantedSecret,
                             DefaultBackend, Problem>& say) noexcept;
void RenderIngressRoutes(const GatewayGraph& g, const Admitted& admitted, Reader& read,
                         Emitter<Entity, PluginUse, Problem>& say) noexcept;

void ClaimForDefaultBackend(const GatewayGraph& g, const DefaultBackend& elected, Reader& read,
                            Emitter<RouteName, ServiceUse, Problem>& say) noexcept;
void RenderDefaultRoute(const GatewayGraph& g, const DefaultBackend& elected, Reader& read,
                        Emitter<Entity, PluginUse, Problem>& say) noexcept;

// The Secrets that a Service in use needs.
void WantSecretsOfService(const GatewayGraph& g, const k8s::Service& service, Reader& read,
                          Emitter<UsedCertificate, WantedSecret>& say) noexcept;

void ClaimCertificate(const GatewayGraph& g, const UsedCertificate& used, Reader& read,
                      Emitter<CertificateOwner, Problem>& say) noexcept;
void RenderCertificate(const GatewayGraph& g, const CertificateOwner& owner, Reader& read,
                       Emitter<Entity>& say) noexcept;
void RenderSni(const GatewayGraph& g, const SniUse& use, Reader& read,
               Emitter<Entity>& say) noexcept;

// A Kong service and its upstream; its one target, if the Services' endpoints do not make them.
using ServiceSay = Emitter<Entity, UpstreamPort, TargetShare, ServiceTrouble, PluginUse, Problem>;
void RenderService(const GatewayGraph& g, const ServiceUse& use, Reader& read,
                   ServiceSay& say) noexcept;

// Without a weight, Kong's own. One of 0 takes no new requests.
Entity TargetEntity(const EntityId& upstream, std::string_view target,
                    std::optional<int32_t> weight, const ObjectRef& origin);

// The targets that one upstream and one EndpointSlice make together, or what they contribute to
// them.
void RenderTargets(const GatewayGraph& g, const UpstreamPort& upstream,
                   const k8s::EndpointSlice& slice, Reader& read,
                   Emitter<Entity, TargetShare>& say) noexcept;
void AddUpShares(const GatewayGraph& g, const TargetKey& target, engine::Group<TargetShare> shares,
                 Reader& read, Emitter<Entity>& say) noexcept;

}  // namespace kong
