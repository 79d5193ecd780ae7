// The rules of stream_graph.h: pure functions. Those of a TCPIngress are in tcp_ingresses.cc, those
// of a UDPIngress in udp_ingresses.cc.
#pragma once

#include "kong/rules/rules.h"

namespace kong {

// Everything that they claim: names, services, hosts, Secrets.
void ClaimForTcpIngress(const GatewayGraph& g, const k8s::TcpIngress& ingress, Reader& read,
                        Emitter<AdmittedTcp, TcpUse, RouteName, SniUse, UsedCertificate,
                                WantedSecret, Problem>& say) noexcept;
void ClaimForUdpIngress(const GatewayGraph& g, const k8s::UdpIngress& ingress, Reader& read,
                        Emitter<AdmittedUdp, ServiceUse, RouteName, Problem>& say) noexcept;

void RenderTcpRoutes(const GatewayGraph& g, const AdmittedTcp& admitted, Reader& read,
                     Emitter<Entity, PluginUse, Problem>& say) noexcept;
void RenderUdpRoutes(const GatewayGraph& g, const AdmittedUdp& admitted, Reader& read,
                     Emitter<Entity, PluginUse, Problem>& say) noexcept;

// The Kong service of a TCPIngress, under the name that is free.
void RenderTcpService(const GatewayGraph& g, const TcpUse& use, Reader& read,
                      ServiceSay& say) noexcept;

}  // namespace kong
