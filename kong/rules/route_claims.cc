// What a route of the Gateway API claims: names of Kong routes, Kong services, places in the order
// of equals.
#include "engine/text.h"
#include "kong/rules/reports.h"
#include "kong/rules/route_rules.h"

namespace kong {
namespace {

constexpr uint32_t kMatchesMost = 4096;  // Of a rule; the API allows 64.

ExpressionMatch MatchOf(const PlannedRoute& route, const RouteObject& object) {
  return {route.match_id, route.priority,        route.pattern,
          object.ref(),   object.meta.created_s, route.rule * kMatchesMost + route.match,
          route.host_nth};
}

}  // namespace

void ClaimForPlan(const GatewayGraph& g, const RouteObject& object, Reader& read, PlanFunction plan,
                  RouteClaims& say) {
  std::optional<std::string> excluded;
  std::optional<GatewayRoutePlan> made = PlanIfAdmitted(g, object, read, plan, excluded);
  const ObjectRef self = object.ref();
  if (excluded) {
    ReportWarning(say, self, engine::Cat("has no effect while ", *excluded, ", is in quarantine"));
  }
  if (!made) return;
  ReportAll(say, self, made->findings);

  std::vector<bool> used(made->services.size());
  for (uint32_t nth = 0; nth < made->routes.size(); ++nth) {
    const PlannedRoute& route = made->routes[nth];
    used[route.service] = true;
    say.Emit(RouteName{RouteId(route.name), self, nth}, RankOf(object.meta, 0, nth));
    if (g.options.expressions && route.ordered) say.Emit(MatchOf(route, object));
  }
  for (size_t i = 0; i < made->services.size(); ++i) {
    PlannedService& service = made->services[i];
    if (!used[i]) continue;
    // Of a GRPCRoute's weighted backends only the expressions flavour has tags; a swap keeps that.
    std::vector<std::string> tags;
    if (service.backends.size() > 1 && service.key.naming != ServiceNaming::kGrpcRoute)
      tags = TagsOfObject(object.type, object.meta, made->settings.tags);
    say.Emit(
        ServiceUse{service.key, std::move(service.backends), service.form, self, std::move(tags)},
        RankOf(object.meta, 0, service.rule));
  }
}

}  // namespace kong
