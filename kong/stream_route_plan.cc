#include "kong/stream_route_plan.h"

#include <algorithm>

#include "engine/text.h"
#include "kong/gateway_expression.h"
#include "kong/route_match.h"

namespace kong {
namespace {

using engine::Cat;

struct StreamKind {
  std::string_view kind;
  ServiceNaming naming;
  ServiceProtocol protocol;
  k8s::ListenerProtocol listener;
  std::string_view route_protocol;
};
constexpr StreamKind kKinds[] = {
    {"TCPRoute", ServiceNaming::kTcpRoute, ServiceProtocol::kTcp, k8s::ListenerProtocol::kTcp,
     "tcp"},
    {"UDPRoute", ServiceNaming::kUdpRoute, ServiceProtocol::kUdp, k8s::ListenerProtocol::kUdp,
     "udp"},
    {"TLSRoute", ServiceNaming::kTlsRoute, ServiceProtocol::kTcp, k8s::ListenerProtocol::kTls,
     "tls"},
};

class StreamPlanner {
 public:
  StreamPlanner(const StreamKind& kind, const k8s::StreamRoute& route,
                const RouteSurroundings& around, GatewayRoutePlan& plan)
      : kind_(kind), route_(route), around_(around), plan_(plan) {
    for (const ServedPort& port : around.attached.ports) {
      if (port.protocol != kind.listener) continue;
      passthrough_ |= port.tls == k8s::TlsMode::kPassthrough;
      if (std::find(ports_.begin(), ports_.end(), port.port) == ports_.end())
        ports_.push_back(port.port);
    }
    for (Symbol host : around.attached.hostnames) hosts_.push_back(std::string(host.text()));
  }

  void Plan() {
    const bool tls = kind_.naming == ServiceNaming::kTlsRoute;
    if (route_.rules.empty()) return Refuse("no rules provided");
    if (tls && hosts_.empty()) return Refuse("no hostnames provided");
    if (!tls && ports_.empty()) return Refuse("no listener has a port for it");
    for (uint32_t rule = 0; rule < route_.rules.size(); ++rule) {
      if (!tls && route_.rules[rule].backends.empty()) {
        Refuse(Cat(kind_.kind, " rules must include at least one backendRef"));
        continue;
      }
      PlanRule(rule, tls);
    }
  }

 private:
  void Refuse(std::string_view why) { LeaveOut(plan_, Cat(kind_.kind, " can't be routed: ", why)); }

  void PlanRule(uint32_t nth, bool tls) {
    const k8s::StreamRouteRule& rule = route_.rules[nth];
    PlannedService& service = plan_.services.emplace_back();
    service.key = {kind_.naming, nth, route_.meta.ns(), route_.meta.name(), {}};
    service.form.protocol = kind_.protocol;
    service.form.sparse = true;
    service.form.refs_given = !rule.backends.empty();
    service.rule = nth;
    service.backends = BackendsOf(rule.backends, route_.key(), around_, plan_);

    PlannedRoute route;
    route.name = Cat(service.key.KongName(), ".0");
    route.service = static_cast<uint32_t>(plan_.services.size() - 1);
    route.rule = nth;
    if (!rule.name.empty()) route.rule_names = {rule.name};
    route.protocols = {std::string(tls && passthrough_ ? "tls_passthrough" : kind_.route_protocol)};
    if (tls)
      route.snis = hosts_;
    else
      route.destinations = ports_;
    route.expression = tls ? AnySni(hosts_) : AnyPort(ports_);
    route.priority = 1;
    plan_.routes.push_back(std::move(route));
  }

  const StreamKind& kind_;
  const k8s::StreamRoute& route_;
  const RouteSurroundings& around_;
  GatewayRoutePlan& plan_;
  bool passthrough_ = false;
  std::vector<int32_t> ports_;
  std::vector<std::string> hosts_;
};

}  // namespace

GatewayRoutePlan PlanStreamRoute(std::string_view kind, const k8s::StreamRoute& route,
                                 const RouteSurroundings& around) {
  GatewayRoutePlan plan;
  plan.settings = ParseRouteSettings(route.meta.annotations, plan.findings);
  for (const StreamKind& each : kKinds) {
    if (each.kind == kind) StreamPlanner(each, route, around, plan).Plan();
  }
  return plan;
}

}  // namespace kong
