#include "kong/grpc_route_plan.h"

#include "engine/text.h"
#include "kong/gateway_expression.h"
#include "kong/grpc_match.h"
#include "kong/http_filters.h"
#include "kong/route_match.h"

namespace kong {
namespace {

using engine::Cat;

class GrpcPlanner {
 public:
  GrpcPlanner(const k8s::GrpcRoute& route, const RouteSurroundings& around, GatewayRoutePlan& plan)
      : route_(route), around_(around), plan_(plan) {
    for (const ServedPort& port : around.attached.ports) {
      grpc_ |= port.protocol == k8s::ListenerProtocol::kHttp;
      grpcs_ |= port.protocol == k8s::ListenerProtocol::kHttps;
    }
    for (Symbol host : around.attached.hostnames) hosts_.push_back(std::string(host.text()));
    for (const k8s::GrpcRule& rule : route.rules) {
      std::string_view name = engine::Trim(rule.name);
      if (!name.empty()) rule_names_.push_back(std::string(name));
    }
  }

  void Plan() {
    for (uint32_t rule = 0; rule < route_.rules.size(); ++rule) {
      backends_ = BackendsOf(Rule(rule).backends, route_.key(), around_, plan_);
      if (!expressions()) {
        PlanMatches(rule, {}, 0);
      } else if (hosts_.empty()) {
        PlanMatches(rule, "", 0);
      } else {
        for (uint32_t host = 0; host < hosts_.size(); ++host) PlanMatches(rule, hosts_[host], host);
      }
    }
  }

 private:
  bool expressions() const { return around_.options.expressions; }
  const k8s::GrpcRule& Rule(uint32_t rule) const { return route_.rules[rule]; }

  // The matches of a rule, in the expressions flavour for one host.
  void PlanMatches(uint32_t rule, std::string_view host, uint32_t nth_host) {
    static const std::vector<k8s::GrpcMatch> kEveryCall(1);
    const auto& matches = Rule(rule).matches.empty() ? kEveryCall : Rule(rule).matches;
    const uint32_t service = AddService(rule, host);
    for (uint32_t match = 0; match < matches.size(); ++match) {
      absl::Status status = CheckMatch(matches[match], expressions());
      if (!status.ok()) {
        if (nth_host > 0) continue;
        LeaveOut(plan_, Cat("GRPCRoute can't be routed: rule ", rule, ", match ", match, ": ",
                            engine::MessageOf(status)));
        continue;
      }
      PlannedRoute route;
      route.service = service;
      route.rule = rule;
      route.match = match;
      route.host_nth = nth_host;
      route.rule_names = rule_names_;
      route.name = Cat(plan_.services[service].key.KongName(), '.', match);
      if (!AddFilters(route)) continue;
      if (expressions())
        FillExpression(matches[match], host, route);
      else
        FillTraditional(matches[match], route);
      plan_.routes.push_back(std::move(route));
    }
  }

  uint32_t AddService(uint32_t rule, std::string_view host) {
    PlannedService& service = plan_.services.emplace_back();
    service.key = {ServiceNaming::kGrpcRoute, rule, route_.meta.ns(), route_.meta.name(), {}};
    if (expressions()) {
      service.key.naming = ServiceNaming::kGrpcRouteHost;
      service.key.part = Symbol(HostInName(host));
    }
    service.form.protocol = grpc_ ? ServiceProtocol::kGrpc : ServiceProtocol::kGrpcs;
    service.form.sparse = true;
    service.form.refs_given = !Rule(rule).backends.empty();
    service.rule = rule;
    service.backends = backends_;
    return static_cast<uint32_t>(plan_.services.size() - 1);
  }

  bool AddFilters(PlannedRoute& route) {
    absl::StatusOr<FilterPlugins> plugins = PluginsOf(Rule(route.rule).filters, {});
    if (!plugins.ok()) {
      LeaveOut(plan_, Cat("GRPCRoute can't be routed: ", engine::MessageOf(plugins.status())));
      return false;
    }
    route.plugins = std::move(plugins->plugins);
    route.extensions = std::move(plugins->extensions);
    return true;
  }

  void FillTraditional(const k8s::GrpcMatch& match, PlannedRoute& route) const {
    route.protocols = {"grpc", "grpcs"};
    route.hosts = hosts_;
    route.headers = HeadersOf(match);
    // Kong wants a route to match something, and takes "/" for every call.
    std::string path = GrpcPath(match);
    bool needless = path == "/" && !(hosts_.empty() && route.headers.empty());
    if (!needless) route.paths = {std::move(path)};
  }

  void FillExpression(const k8s::GrpcMatch& match, std::string_view host,
                      PlannedRoute& route) const {
    if (grpc_) route.protocols.push_back("grpc");
    if (grpcs_) route.protocols.push_back("grpcs");
    route.preserve_host = true;
    std::string snis = SniPredicate(plan_.settings);
    route.expression =
        Joined("&&", {MethodExpression(match), HeaderExpression(match), HostPredicate(host), snis});
    if (route.expression.empty()) route.expression = kEveryHttpRequest;
    route.ordered = true;
    route.priority = PriorityOf(match, host);
    route.pattern = PatternOf(match, host, Cat(snis, '|', grpc_, grpcs_ + 0));
    route.match_id = RouteId(Cat("GRPCRoute/", route_.meta.ns(), '/', route_.meta.name(), '/', host,
                                 '/', route.rule, '/', route.match));
  }

  const k8s::GrpcRoute& route_;
  const RouteSurroundings& around_;
  GatewayRoutePlan& plan_;
  int grpc_ = 0, grpcs_ = 0;
  std::vector<std::string> hosts_, rule_names_;
  ServiceBackends backends_;
};

}  // namespace

GatewayRoutePlan PlanGrpcRoute(const k8s::GrpcRoute& route, const RouteSurroundings& around) {
  GatewayRoutePlan plan;
  plan.settings = ParseRouteSettings(route.meta.annotations, plan.findings);
  GrpcPlanner(route, around, plan).Plan();
  return plan;
}

}  // namespace kong
