#include "kong/gateway_route_plan.h"

#include "engine/text.h"

namespace kong {
namespace {

using engine::Cat;

void RefuseReference(GatewayRoutePlan& plan, std::string_view reason, std::string text) {
  if (plan.refs_reason.empty()) {
    plan.refs_reason = reason;
    plan.refs_message = text;
  }
  Warn(plan.findings, std::move(text));
}

bool IsService(const k8s::RouteBackend& ref) {
  return ref.kind.text() == "Service" && (ref.group.empty() || ref.group.text() == "core");
}

}  // namespace

ServiceBackends BackendsOf(const std::vector<k8s::RouteBackend>& refs, const ObjectName& route,
                           const RouteSurroundings& around, GatewayRoutePlan& plan) {
  ServiceBackends backends;
  for (const k8s::RouteBackend& ref : refs) {
    ObjectName target = ref.NameFrom(route.ns);
    if (!IsService(ref)) {
      RefuseReference(
          plan, "InvalidKind",
          Cat("backendRef to ", ref.kind, ' ', target, " is left out: group \"", ref.group,
              "\", kind \"", ref.kind, "\" is not supported, only Service is"));
      continue;
    }
    if (!around.may_refer(target)) {
      RefuseReference(
          plan, "RefNotPermitted",
          Cat("backendRef to Service ", target, " is left out: no ReferenceGrant in namespace ",
              target.ns, " permits it"));
      continue;
    }
    if (!ref.filters.empty()) {
      Warn(plan.findings, Cat("filters of the backendRef to Service ", target,
                              " are ignored: Kong has no plugins for one of several backends; move "
                              "them to the rule"));
    }
    // No port is one that no Service has.
    backends.push_back({target.ns, target.name, {}, ref.port ? ref.port : -1, ref.weight});
  }
  return backends;
}

void LeaveOut(GatewayRoutePlan& plan, std::string why) {
  if (plan.invalid_reason.empty()) {
    plan.invalid_reason = "UnsupportedValue";
    plan.invalid_message = why;
  }
  ++plan.rules_left_out;
  Fail(plan.findings, std::move(why));
}

}  // namespace kong
