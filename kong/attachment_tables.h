// Where the rules of routes and those of Gateways meet: what a route wants to be attached to, and
// what it is attached to.
//
// The kinds of routes say RouteParents and, once they are translated, RouteResolution; the rules of
// Gateways say the rest. A route of any kind is translated if it has an AttachedRoute row. The rows
// hold what routing depends on and nothing else, so a listener's certificate, its other routes or
// its conditions never make a route be translated again. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "k8s/listener.h"
#include "k8s/parent_ref.h"
#include "kong/tables.h"

namespace kong {

// A listener by whose it is: a Gateway or a ListenerSet.
struct ListenerKey {
  ObjectRef parent;
  Symbol name;
  friend auto operator<=>(const ListenerKey&, const ListenerKey&) = default;
  auto fields() const { return std::tie(parent, name); }
};

// ---- said by the rules of routes ----------------------------------------------------------------

// A route object of any kind, as far as attachment depends on it. `route.kind` is "HTTPRoute",
// "GRPCRoute", "TLSRoute", "TCPRoute" or "UDPRoute".
struct RouteParents {
  using Key = ObjectRef;
  ObjectRef route;
  int64_t generation = 0;
  std::vector<k8s::ParentRef> parents;  // In the order of the object.
  std::vector<Symbol> hostnames;        // As the object says them.
  Key key() const { return route; }
  auto fields() const { return std::tie(route, generation, parents, hostnames); }
};

// What came of translating a route, for its conditions. Without a row all is well.
struct RouteResolution {
  using Key = ObjectRef;
  ObjectRef route;
  Symbol refs_reason;        // InvalidKind, BackendNotFound, RefNotPermitted; empty: resolved.
  std::string refs_message;  // Names the target.
  // UnsupportedValue, IncompatibleFilters: of a route of which nothing can be served (Accepted is
  // False) or, if `partially`, of one of which some rules are left out (PartiallyInvalid is True).
  Symbol invalid_reason;
  std::string invalid_message;
  bool partially = false;
  Key key() const { return route; }
  auto fields() const {
    return std::tie(route, refs_reason, refs_message, invalid_reason, invalid_message, partially);
  }
};

// ---- said by the rules of Gateways --------------------------------------------------------------

// A port on which a route is served.
struct ServedPort {
  k8s::ListenerProtocol protocol{};
  k8s::TlsMode tls{};
  int32_t port = 0;
  friend auto operator<=>(const ServedPort&, const ServedPort&) = default;
  auto fields() const { return std::tie(protocol, tls, port); }
};

// A route that at least one listener accepts: what is served of it, over all its listeners.
struct AttachedRoute {
  using Key = ObjectRef;
  ObjectRef route;
  // The hosts of the route as far as its listeners have them too; the listeners' hosts if it names
  // none. Empty: every host. Each once, in the order of the route, then of parents and listeners.
  std::vector<Symbol> hostnames;
  std::vector<ServedPort> ports;  // Sorted, each once.
  Key key() const { return route; }
  auto fields() const { return std::tie(route, hostnames, ports); }
};

// A route on one listener that accepts it, once however many of its parents lead there.
struct Attachment {
  struct Key {
    ObjectRef route;
    ListenerKey listener;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  ObjectRef route;
  ListenerKey listener;
  ServedPort served;
  std::vector<Symbol> hostnames;  // What the route serves on this listener. Empty: every host.
  // The listener works. Routes that one accepts which does not are counted, and not served.
  bool programmed = false;
  Key key() const { return {route, listener}; }
  auto fields() const { return std::tie(route, listener, served, hostnames, programmed); }
};

// What one of our Gateways, or ListenerSets, says to one parentRef of a route. None for parents
// that are not ours.
struct ParentVerdict {
  struct Key {
    ObjectRef route;
    uint32_t nth = 0;  // Of the route's parents.
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  ObjectRef route;
  uint32_t nth = 0;
  int64_t generation = 0;  // Of the route.
  k8s::ParentRef parent;
  Symbol reason;        // "Accepted", or why not.
  std::string message;  // Empty if it is accepted.
  Key key() const { return {route, nth}; }
  auto fields() const { return std::tie(route, nth, generation, parent, reason, message); }
};

}  // namespace kong
