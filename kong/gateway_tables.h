// The rows between Gateways and what is attached to them: small, one a use. Plain values.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>
#include <vector>

#include "k8s/gateway.h"
#include "kong/attachment_tables.h"

namespace kong {

// The kinds of routes as bits of a set, in the order of kRouteKinds.
inline constexpr std::string_view kRouteKinds[] = {"HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute",
                                                   "UDPRoute"};
uint32_t RouteKindBit(std::string_view kind);             // 0 for no kind of route.
uint32_t KindsCarriedBy(k8s::ListenerProtocol protocol);  // The kinds that make sense on it.

// A port that Kong serves.
struct KongListen {
  k8s::ListenerProtocol protocol{};
  int32_t port = 0;
};

// A GatewayClass that names us as its controller.
struct OurClass {
  using Key = Symbol;
  Symbol name;
  // Nobody else looks after the Gateways of the class, so their conditions are ours to say.
  bool unmanaged = false;
  Key key() const { return name; }
  auto fields() const { return std::tie(name, unmanaged); }
};

// Who may attach something, as far as others compare it.
struct Admission {
  k8s::NamespacesFrom from{};
  Symbol selector;  // Its text, of kSelector.
  auto fields() const { return std::tie(from, selector); }
};

// A Gateway of a class of ours.
struct OurGateway {
  using Key = ObjectName;
  ObjectName id;
  bool unmanaged = false;
  Admission listener_sets;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, unmanaged, listener_sets); }
};

// A ListenerSet that wants to belong to a Gateway of ours, and whether it may.
struct OurListenerSet {
  using Key = ObjectName;
  ObjectName id, gateway;
  bool accepted = false;
  int64_t created_s = 0;  // Older sets come first.
  Key key() const { return id; }
  auto fields() const { return std::tie(id, gateway, accepted, created_s); }
};

// A selector that somebody uses, by its text.
struct UsedSelector {
  using Key = Symbol;
  Symbol text;
  k8s::LabelSelector selector;
  Key key() const { return text; }
  auto fields() const { return std::tie(text, selector); }
};

// A selector selects this namespace. Readers ask for a row and not for labels, so a label that
// nobody asks for changes nothing.
struct Selection {
  struct Key {
    Symbol selector, ns;
    friend auto operator<=>(const Key&, const Key&) = default;
    auto fields() const { return std::tie(selector, ns); }
  };
  Key id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};

// A listener of a Gateway of ours or of a ListenerSet of such a one, compared with its siblings.
struct ListenerPlan {
  using Key = ListenerKey;
  ListenerKey id;
  ObjectName gateway;
  bool unmanaged = false;
  int64_t generation = 0;  // Of the object that holds it.
  int64_t created_s = 0;
  uint32_t order = 0;  // Among all listeners of the Gateway.
  ServedPort served;
  Symbol hostname;  // Empty: every host.
  uint32_t kinds = 0;
  bool invalid_kinds = false;  // It allows kinds that there are not, or not here.
  Admission routes;
  std::vector<k8s::CertificateRef> certificates;
  Symbol conflict;  // ProtocolConflict, HostnameConflict; empty: none.
  Symbol refusal;   // UnsupportedProtocol, PortUnavailable; empty: accepted.
  Key key() const { return id; }
  auto fields() const {
    return std::tie(id, gateway, unmanaged, generation, created_s, order, served, hostname, kinds,
                    invalid_kinds, routes, certificates, conflict, refusal);
  }
};

// A listener as far as routes look at it.
struct AttachableListener {
  using Key = ListenerKey;
  ListenerKey id;
  ObjectName gateway;
  uint32_t order = 0;
  ServedPort served;
  Symbol hostname;
  uint32_t kinds = 0;
  Admission routes;
  bool accepted = false;
  bool programmed = false;  // It works; what it accepts is served.
  Key key() const { return id; }
  auto fields() const {
    return std::tie(id, gateway, order, served, hostname, kinds, routes, accepted, programmed);
  }
};

// One of the further certificates of a listener, which is shown for the names that it holds.
struct FurtherCertificate {
  struct Key {
    ListenerKey listener;
    uint32_t nth = 0;  // Of the listener's certificates, from 1.
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  ListenerKey listener;
  uint32_t nth = 0;
  uint32_t order = 0;  // Of the listener.
  int64_t created_s = 0;
  Symbol hostname;
  ObjectName secret;
  Key key() const { return {listener, nth}; }
  auto fields() const { return std::tie(listener, nth, order, created_s, hostname, secret); }
};

}  // namespace kong
