#include "kong/ingress_plan.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "engine/text.h"
#include "kong/certificate.h"
#include "kong/ingress_split.h"
#include "kong/rewrite.h"
#include "kong/route_fragment.h"
#include "kong/route_match.h"

namespace kong {
namespace {

using engine::Cat;

std::string RouteNameOf(const k8s::Ingress& ingress, const RoutePlan& route) {
  std::string host(route.host.text());
  std::replace(host.begin(), host.end(), '*', '_');
  if (route.service.naming == ServiceNaming::kFacade) {
    return Cat(ingress.meta.ns(), '.', ingress.meta.name(), '.', host, '.', route.service.name,
               ".svc.facade");
  }
  return Cat(ingress.meta.ns(), '.', ingress.meta.name(), '.', route.service.name, '.', host, '.',
             route.service.part);
}

// Why a path leads nowhere; empty if it leads to a Service or to a facade that there may be.
std::string WhyNoBackend(const k8s::IngressBackend& backend, const Options& options) {
  if (backend.has_service) return "";
  if (!backend.has_resource) return "no Service or Resource specified for Ingress path";
  if (!IsFacade(backend)) {
    return backend.resource_group
               ? Cat("unknown resource type ", backend.resource_group, '/', backend.resource_kind)
               : Cat("unknown resource type ", backend.resource_kind);
  }
  if (!options.kong_service_facade) {
    return std::string(kFacadesAreOff);
  }
  return "";
}

// Without a host of its own, a route whose aliases are all unusable would serve every host.
bool WouldServeEveryHost(Symbol host, const RouteSettings& settings, bool expressions) {
  return !settings.all_host_aliases_valid && !host &&
         (!expressions || settings.host_aliases.empty());
}

// Why Kong would not take the path as a regex; empty if it would, or if it is none. One such route
// would stop the whole gateway.
std::string WhyNoRegex(std::string_view path, k8s::PathType type, const RouteSettings& settings,
                       bool expressions) {
  bool exact_or_prefix = type == k8s::PathType::kExact || type == k8s::PathType::kPrefix;
  bool marked = path.starts_with(settings.regex_prefix);
  if (expressions && (!marked || exact_or_prefix)) return "";
  if (!marked && path.starts_with('/')) return "";
  std::vector<std::string> paths;
  AppendTraditionalPaths(path, type, {settings.regex_prefix}, paths);
  for (const std::string& each : paths) {
    if (each.starts_with('/')) continue;
    absl::Status judged = each.starts_with('~') ? JudgeRegexPath(each.substr(1))
                                                : engine::InvalidArgument("it must begin with /");
    if (!judged.ok()) return std::string(engine::MessageOf(judged));
  }
  return "";
}

struct Tuple {
  Symbol host, service, port;
  friend bool operator==(const Tuple&, const Tuple&) = default;
  template <class H>
  friend H AbslHashValue(H h, const Tuple& t) {
    return H::combine(std::move(h), t.host, t.service, t.port);
  }
};

class Planner {
 public:
  Planner(const k8s::Ingress& ingress, const Options& options, FindFacade find_facade,
          IngressPlan& plan)
      : ingress_(ingress), options_(options), find_facade_(find_facade), plan_(plan) {}

  void Add(const k8s::IngressRule& rule, const k8s::IngressPath& spec) {
    std::string path = CollapseSlashes(spec.path);
    std::string why = WhyNoBackend(spec.backend, options_);
    std::optional<Target> target;
    if (why.empty()) target = TargetOf(spec.backend);
    if (why.empty() && !target) {
      const ObjectName id{ingress_.meta.ns(), spec.backend.resource_name};
      why = Cat("failed to get KongServiceFacade \"", id.name, "\": KongServiceFacade ", id,
                " not found");
    }
    if (!why.empty()) {
      return Fail(plan_.findings,
                  Cat("failed to get backend for ingress path \"", path, "\": ", why));
    }
    if (spec.type == k8s::PathType::kOther) {
      return Fail(plan_.findings, Cat("path \"", path, "\" is of no known pathType"));
    }
    why = WhyNoRegex(path, spec.type, plan_.settings, options_.expressions);
    if (!why.empty()) {
      return Fail(plan_.findings, Cat("path \"", path, "\" is left out: ", why));
    }
    if (rule.host && !IsHostPattern(rule.host.text())) {
      return Fail(plan_.findings, Cat("host \"", rule.host.text(),
                                      "\" is left out: a host has at most 253 characters, letters, "
                                      "digits, dots and hyphens, and perhaps one wildcard"));
    }
    if (WouldServeEveryHost(rule.host, plan_.settings, options_.expressions)) {
      return Fail(plan_.findings,
                  Cat("path \"", path,
                      "\" is left out: its only hosts are those of konghq.com/host-aliases, "
                      "and none of them can be used"));
    }
    RoutePlan& route = RouteFor(rule.host, *target);
    k8s::PathType type =
        spec.type == k8s::PathType::kUnset ? k8s::PathType::kImplementationSpecific : spec.type;
    route.paths.push_back({std::move(path), type});
  }

 private:
  struct Target {
    ServiceKey service;
    ServiceBackend backend;
  };

  // Nullopt if it is a facade that does not exist.
  std::optional<Target> TargetOf(const k8s::IngressBackend& backend) {
    const Symbol ns = ingress_.meta.ns();
    if (backend.has_service) return Target{PortKeyOf(ns, backend), BackendOf(ns, backend)};
    const Facade* facade = find_facade_(backend.resource_name);
    if (!facade) return std::nullopt;
    return Target{FacadeKeyOf(facade->id), BackendOf(*facade)};
  }

  RoutePlan& RouteFor(Symbol host, const Target& target) {
    const ServiceKey& service = target.service;
    auto [it, fresh] =
        routes_.try_emplace(Tuple{host, service.name, service.part}, plan_.routes.size());
    if (fresh) {
      RoutePlan& route = plan_.routes.emplace_back();
      route.host = host;
      route.service = service;
      route.backend = target.backend;
      route.name = RouteNameOf(ingress_, route);
    }
    return plan_.routes[it->second];
  }

  const k8s::Ingress& ingress_;
  const Options& options_;
  FindFacade find_facade_;
  IngressPlan& plan_;
  absl::flat_hash_map<Tuple, size_t> routes_;
};

// False if the routes must not exist without it.
bool PlanRewrite(IngressPlan& plan, const Options& options) {
  if (!plan.settings.rewrite) return true;
  if (!options.rewrite_uris) {
    Fail(plan.findings, "konghq.com/rewrite annotation not supported when rewrite uris disabled");
    return false;
  }
  auto target = RewriteTarget(*plan.settings.rewrite);
  if (!target.ok()) {
    Fail(plan.findings, Cat("konghq.com/rewrite: ", engine::MessageOf(target.status())));
    return false;
  }
  plan.rewrite = *std::move(target);
  return true;
}

}  // namespace

ServiceBackend BackendOf(Symbol ns, const k8s::IngressBackend& backend) {
  return {ns, backend.service, backend.port_name, backend.port_name ? 0 : backend.port_number};
}

bool IsFacade(Symbol group, Symbol kind) {
  return kind.text() == k8s::KongServiceFacade::kType.kind &&
         group.text() == k8s::KongServiceFacade::kType.group;
}

bool IsFacade(const k8s::IngressBackend& backend) {
  return backend.has_resource && IsFacade(backend.resource_group, backend.resource_kind);
}

ServiceKey FacadeKeyOf(const ObjectName& facade) {
  return {ServiceNaming::kFacade, 0, facade.ns, facade.name, {}};
}

ServiceBackend BackendOf(const Facade& facade) {
  return {facade.id.ns, facade.service, {}, facade.port, std::nullopt, facade.id.name};
}

ServiceKey PortKeyOf(Symbol ns, const k8s::IngressBackend& backend) {
  Symbol port = backend.port_name;
  if (!port) port = Symbol(backend.port_number ? Cat(backend.port_number) : "implicitPort");
  return PortServiceKey(ns, backend.service, port);
}

std::vector<std::string_view> HostsOf(Symbol host, const RouteSettings& settings,
                                      bool expressions) {
  std::vector<std::string_view> hosts;
  if (host) hosts.push_back(host.text());
  if (!expressions && !settings.all_host_aliases_valid) return hosts;
  if (settings.host_aliases.empty()) return hosts;
  absl::flat_hash_set<std::string_view> seen(hosts.begin(), hosts.end());
  for (const std::string& alias : settings.host_aliases) {
    // An expression repeats a host that an alias repeats; it matches the same requests.
    if (seen.insert(alias).second || expressions) hosts.push_back(alias);
  }
  return hosts;
}

std::string NameAfterCollision(std::string_view name, const ObjectRef& object) {
  return Cat(name, '~', Sha256Hex(Cat(object.kind, '/', object.ns, '/', object.name)).substr(0, 8));
}

IngressPlan PlanIngress(const k8s::Ingress& ingress, const Options& options,
                        FindFacade find_facade) {
  IngressPlan plan;
  plan.settings = ParseRouteSettings(ingress.meta.annotations, plan.findings);
  for (const std::string& protocol : plan.settings.protocols) {
    if (IsHttpProtocol(protocol)) continue;
    Warn(plan.findings, Cat("konghq.com/protocols: ", protocol,
                            " is ignored, as Kong's routes of it have no hosts and paths"));
  }
  if (!PlanRewrite(plan, options)) return plan;
  Planner planner(ingress, options, find_facade, plan);
  for (const k8s::IngressRule& rule : ingress.rules) {
    for (const k8s::IngressPath& path : rule.paths) planner.Add(rule, path);
  }
  if (options.expressions) SplitMisleadingRoutes(plan);
  return plan;
}

}  // namespace kong
