// What a route of the Gateway API becomes, before anybody is asked: its Kong services, its Kong
// routes with their plugins, and what is wrong with the rest.
//
// One planner a kind (http_route_plan.h, grpc_route_plan.h, stream_route_plan.h) makes the same
// plan from the object, from what it is attached to, and from which references it may follow. The
// rule that claims and the rule that renders both start from the plan, so they cannot disagree.
// Both router flavours have their criteria in it, whichever is asked for. Pure; any thread. Cost:
// O(matches).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "k8s/route_types.h"
#include "kong/annotations.h"
#include "kong/attachment_tables.h"
#include "kong/cross_namespace.h"
#include "kong/gateway_graph.h"
#include "kong/policy_tables.h"
#include "kong/problem.h"
#include "kong/route_order_tables.h"
#include "kong/service_tables.h"

namespace kong {

struct PlannedService {
  ServiceKey key;
  ServiceBackends backends;
  ServiceForm form;
  uint32_t rule = 0;  // The first that leads to it.
};

// A plugin that a filter becomes. `config` is one JSON object.
struct PlannedPlugin {
  std::string name;
  std::string config;
  Needs needs = 0;
};

struct PlannedRoute {
  std::string name;      // What the controller calls it; RouteName says whether it may.
  uint32_t service = 0;  // In GatewayRoutePlan::services.
  uint32_t rule = 0, match = 0;
  std::vector<std::string> rule_names;  // Of named rules, for its tags.

  std::vector<std::string> protocols;  // Empty: Kong's own.
  std::optional<bool> strip_path, preserve_host;
  // The traditional flavour.
  std::vector<std::string> hosts, paths, methods, snis;
  std::vector<std::pair<std::string, std::vector<std::string>>> headers;
  std::vector<int32_t> destinations;
  // The expressions flavour.
  std::string expression;
  uint64_t priority = 0;  // With zeros where the number among equals goes,
  bool ordered = false;   // if there is one.
  MatchPattern pattern;
  EntityId match_id;  // Who it is among equals.
  uint32_t host_nth = 0;

  std::vector<PlannedPlugin> plugins;
  std::vector<Symbol> extensions;  // KongPlugins of ExtensionRef filters, in the route's namespace.
};

struct GatewayRoutePlan {
  RouteSettings settings;
  std::vector<PlannedService> services;
  std::vector<PlannedRoute> routes;
  Findings findings;  // Of annotations, rules and backendRefs.
  // For its conditions, as RouteResolution has them; empty where all is well.
  std::string refs_reason, refs_message;
  std::string invalid_reason, invalid_message;
  size_t rules_left_out = 0;
};

// What the planners know beside the object.
struct RouteSurroundings {
  const Options& options;
  const AttachedRoute& attached;
  // May the route refer to this Service or KongServiceFacade?
  absl::FunctionRef<bool(const Referent&)> may_refer;
  // One of ours of that name; null if there is none. Asked only if may_refer.
  absl::FunctionRef<const Facade*(const ObjectName&)> find_facade;
};

// The backends of a rule that are Services, or facades of Services, and may be referred to. Of the
// others the plan's findings tell.
ServiceBackends BackendsOf(const std::vector<k8s::RouteBackend>& refs, const ObjectName& route,
                           const RouteSurroundings& around, GatewayRoutePlan& plan);

// Fails the rule, or a part of it, in findings and for the conditions.
void LeaveOut(GatewayRoutePlan& plan, std::string why);

}  // namespace kong
