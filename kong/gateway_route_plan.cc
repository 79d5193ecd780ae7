#include "kong/gateway_route_plan.h"

#include "engine/text.h"
#include "kong/ingress_plan.h"

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

// The port of a Service to which the reference leads; nullopt, and told, if there is none.
std::optional<ServiceBackend> BackendOf(const k8s::RouteBackend& ref, const ObjectName& target,
                                        const RouteSurroundings& around, GatewayRoutePlan& plan) {
  // No port is one that no Service has.
  if (IsService(ref)) {
    return ServiceBackend{target.ns, target.name, {}, ref.port ? ref.port : -1, ref.weight};
  }
  const Facade* facade = around.find_facade(target);
  if (!facade) {
    RefuseReference(plan, "BackendNotFound",
                    Cat("backendRef to KongServiceFacade ", target,
                        " is left out: there is no such KongServiceFacade of our class"));
    return std::nullopt;
  }
  ServiceBackend backend = BackendOf(*facade);
  backend.weight = ref.weight;
  return backend;
}

// Why nothing can be behind it; empty if it is a Service or a facade.
std::string WhyOtherKind(const k8s::RouteBackend& ref, const Options& options) {
  if (IsService(ref)) return "";
  if (!IsFacade(ref.group, ref.kind)) {
    return Cat("group \"", ref.group, "\", kind \"", ref.kind,
               "\" is not supported, only Service and KongServiceFacade are");
  }
  return options.kong_service_facade ? "" : std::string(kFacadesAreOff);
}

}  // namespace

ServiceBackends BackendsOf(const std::vector<k8s::RouteBackend>& refs, const ObjectName& route,
                           const RouteSurroundings& around, GatewayRoutePlan& plan) {
  ServiceBackends backends;
  for (const k8s::RouteBackend& ref : refs) {
    ObjectName target = ref.NameFrom(route.ns);
    if (const std::string why = WhyOtherKind(ref, around.options); !why.empty()) {
      RefuseReference(plan, "InvalidKind",
                      Cat("backendRef to ", ref.kind, ' ', target, " is left out: ", why));
      continue;
    }
    const std::string_view group = IsService(ref) ? "" : ref.group.text();
    if (!around.may_refer({group, ref.kind.text(), target})) {
      RefuseReference(
          plan, "RefNotPermitted",
          Cat("backendRef to ", ref.kind, ' ', target,
              " is left out: no ReferenceGrant in namespace ", target.ns, " permits it"));
      continue;
    }
    std::optional<ServiceBackend> backend = BackendOf(ref, target, around, plan);
    if (!backend) continue;
    if (!ref.filters.empty()) {
      Warn(plan.findings, Cat("filters of the backendRef to ", ref.kind, ' ', target,
                              " are ignored: Kong has no plugins for one of several backends; move "
                              "them to the rule"));
    }
    backends.push_back(*std::move(backend));
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
