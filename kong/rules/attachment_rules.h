// The rules of Gateways: one function each, pure, defined in the file of its name. As rules.h says.
#pragma once

#include "engine/emitter.h"
#include "engine/reader.h"
#include "kong/gateway_graph.h"

namespace kong {

using engine::Emitter;
using engine::Group;
using engine::Reader;

// Every pair of a `from` and a `to` is one permission.
void ReadReferenceGrant(const GatewayGraph& g, const k8s::ReferenceGrant& grant, Reader& read,
                        Emitter<Grant>& say) noexcept;

void ReadGatewayClass(const GatewayGraph& g, const k8s::GatewayClass& gateway_class, Reader& read,
                      Emitter<OurClass, Condition>& say) noexcept;

// Whether a Gateway is ours, and the selectors that it uses.
void ReadGateway(const GatewayGraph& g, const k8s::Gateway& gateway, Reader& read,
                 Emitter<OurGateway, UsedSelector>& say) noexcept;
void WantSelectorsOfSet(const GatewayGraph& g, const k8s::ListenerSet& set, Reader& read,
                        Emitter<UsedSelector>& say) noexcept;

void SelectNamespace(const GatewayGraph& g, const k8s::Namespace& ns, Reader& read,
                     Emitter<Selection>& say) noexcept;

// Whether the Gateway that a ListenerSet names lets it in.
void AdmitListenerSet(const GatewayGraph& g, const k8s::ListenerSet& set, Reader& read,
                      Emitter<OurListenerSet>& say) noexcept;

// The listeners of a Gateway and of its ListenerSets, compared with each other.
void PlanListeners(const GatewayGraph& g, const OurGateway& gateway, Reader& read,
                   Emitter<ListenerPlan>& say) noexcept;

// The certificates of a listener, whether it works, and its conditions.
void ResolveListener(const GatewayGraph& g, const ListenerPlan& plan, Reader& read,
                     Emitter<AttachableListener, SniUse, UsedCertificate, WantedSecret,
                             FurtherCertificate, Condition, Problem>& say) noexcept;
void ClaimHostsOfCertificate(const GatewayGraph& g, const FurtherCertificate& certificate,
                             Reader& read, Emitter<SniUse>& say) noexcept;
// A listener whose host got its certificate from somebody else is told.
void CompareSnis(const GatewayGraph& g, const ListenerPlan& plan, Reader& read,
                 Emitter<Problem>& say) noexcept;

// What a route is attached to, and what each of its parents says.
void AttachRoute(const GatewayGraph& g, const RouteParents& route, Reader& read,
                 Emitter<AttachedRoute, Attachment, ParentVerdict>& say) noexcept;

void CountRoutes(const GatewayGraph& g, const AttachableListener& listener, Reader& read,
                 Emitter<ListenerStatus>& say) noexcept;
void JudgeGateway(const GatewayGraph& g, const OurGateway& gateway, Reader& read,
                  Emitter<Condition>& say) noexcept;
void JudgeListenerSet(const GatewayGraph& g, const OurListenerSet& set, Reader& read,
                      Emitter<Condition>& say) noexcept;
void JudgeParent(const GatewayGraph& g, const ParentVerdict& verdict, Reader& read,
                 Emitter<Condition>& say) noexcept;

// The Gateway or ListenerSet as a key.
inline ObjectRef GatewayRef(const ObjectName& id) {
  static const Symbol kKind("Gateway");
  return {kKind, id.ns, id.name};
}
inline ObjectRef ListenerSetRef(const ObjectName& id) {
  static const Symbol kKind("ListenerSet");
  return {kKind, id.ns, id.name};
}

// Whether something of this namespace is admitted by what stands in `home`.
bool Admits(const GatewayGraph& g, Reader& read, const Admission& admission, Symbol home,
            Symbol ns);
Admission AdmissionOf(const k8s::AllowedNamespaces& allowed);

}  // namespace kong
