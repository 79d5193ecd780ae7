// What an Ingress becomes, before anybody is asked: its routes, grouped as the Kong Ingress
// Controller groups them, and what is wrong with the rest.
//
// One route per (host, Service, port), with all paths of that tuple in the order of the Ingress.
// The rule that claims and the rule that renders both start from here, so they cannot disagree.
// Pure; any thread. Cost: O(paths), with a hash look-up each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "k8s/ingress.h"
#include "kong/annotations.h"
#include "kong/gateway_graph.h"
#include "kong/problem.h"
#include "kong/tables.h"

namespace kong {

struct RoutePlan {
  struct Path {
    std::string path;  // Without repeated slashes.
    k8s::PathType type;
  };
  Symbol host;  // Empty: every host.
  ServiceKey service;
  ServiceBackend backend;
  std::string name;  // What the controller calls it; RouteName says whether it may.
  std::vector<Path> paths;
};

struct IngressPlan {
  RouteSettings settings;
  std::vector<RoutePlan> routes;
  std::string rewrite;  // The replacement for the path; empty: none.
  Findings findings;    // Of annotations, rules and backends.
};

// The facade of that name in the Ingress' namespace; null if there is none of ours.
using FindFacade = absl::FunctionRef<const Facade*(Symbol name)>;

IngressPlan PlanIngress(const k8s::Ingress& ingress, const Options& options,
                        FindFacade find_facade);

// Whether a reference is to a KongServiceFacade.
bool IsFacade(Symbol group, Symbol kind);
bool IsFacade(const k8s::IngressBackend& backend);
inline constexpr std::string_view kFacadesAreOff =
    "KongServiceFacade is not enabled, please set the \"KongServiceFacade\" feature gate to 'true' "
    "to "
    "enable it";
// The Kong service of a facade, and the port of a Service behind it.
ServiceKey FacadeKeyOf(const ObjectName& facade);
ServiceBackend BackendOf(const Facade& facade);

// The Service port that a backend names; `ns` is that of the Ingress.
ServiceBackend BackendOf(Symbol ns, const k8s::IngressBackend& backend);
ServiceKey PortKeyOf(Symbol ns, const k8s::IngressBackend& backend);

// The hosts that a route serves: that of its rule, and aliases. The traditional flavour takes all
// aliases or none, the expressions flavour each that is valid.
std::vector<std::string_view> HostsOf(Symbol host, const RouteSettings& settings, bool expressions);

// A name for the younger of two routes that would have the same one.
std::string NameAfterCollision(std::string_view name, const ObjectRef& object);

}  // namespace kong
