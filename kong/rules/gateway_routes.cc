// The Kong routes of a route of the Gateway API, and the plugins of its filters.
#include <algorithm>

#include "engine/text.h"
#include "kong/gateway_route_fragment.h"
#include "kong/ingress_plan.h"
#include "kong/plugin_attachments.h"
#include "kong/rules/reports.h"
#include "kong/rules/route_rules.h"
#include "kong/rules/route_says.h"

namespace kong {
namespace {

using engine::Cat;

// Names of rules stand between what identifies the object and the author's own tags.
std::vector<std::string> TagsOf(const RouteObject& object, const PlannedRoute& route,
                                const RouteSettings& settings) {
  static const std::vector<std::string> kNone;
  std::vector<std::string> tags = TagsOfObject(object.type, object.meta, kNone);
  auto add = [&](std::string tag) {
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(std::move(tag));
  };
  for (const std::string& name : route.rule_names) add(Cat("k8s-named-route-rule:", name));
  for (const std::string& tag : settings.tags) add(tag);
  return tags;
}

class RouteMaker {
 public:
  RouteMaker(const GatewayGraph& g, const RouteObject& object, const GatewayRoutePlan& plan,
             Reader& read, RouteEntities& say)
      : g_(g), object_(object), self_(object.ref()), plan_(plan), read_(read), say_(say) {}

  void Make() {
    LookAtServices();
    for (uint32_t nth = 0; nth < plan_.routes.size(); ++nth) {
      const PlannedRoute& route = plan_.routes[nth];
      if (!contradictory_[route.service]) MakeRoute(route, nth);
    }
    if (!refs_reason_.empty() || !plan_.invalid_reason.empty()) {
      say_.Emit(RouteResolution{self_, Symbol(refs_reason_), refs_message_,
                                Symbol(plan_.invalid_reason), plan_.invalid_message,
                                !plan_.routes.empty()});
    }
  }

 private:
  // The first thing that is wrong with a reference is the one that the conditions name.
  void LookAtServices() {
    refs_reason_ = plan_.refs_reason;
    refs_message_ = plan_.refs_message;
    contradictory_.resize(plan_.services.size());
    for (size_t i = 0; i < plan_.services.size(); ++i) {
      const ServiceTrouble* trouble = read_.Find(g_.service_troubles, plan_.services[i].key);
      if (!trouble) continue;
      contradictory_[i] = trouble->contradictory;
      if (!refs_reason_.empty() || trouble->missing.empty()) continue;
      refs_reason_ = "BackendNotFound";
      refs_message_ = Cat("Service ", trouble->missing[0], " does not exist");
    }
  }

  uint64_t PriorityOf(const PlannedRoute& route) {
    if (!g_.options.expressions || !route.ordered) return route.priority;
    const ExpressionOrder* order = read_.Find(g_.route_order.orders, route.match_id);
    return route.priority | (order ? order->number : 0);
  }

  void MakeRoute(const PlannedRoute& route, uint32_t nth) {
    GrantedName name = GrantedRouteName(g_, route.name, self_, nth, read_, say_);
    std::vector<std::string> tags = TagsOf(object_, route, plan_.settings);
    GatewayRouteSpec spec{.route = route,
                          .name = name.text,
                          .id = name.id,
                          .service = ServiceId(plan_.services[route.service].key.KongName()),
                          .priority = PriorityOf(route),
                          .settings = plan_.settings,
                          .tags = tags};
    std::string why;
    std::string json = GatewayRouteFragment(spec, g_.options.expressions, why);
    if (json.empty())
      return ReportFailure(say_, self_, Cat("route ", name.text, " is left out: ", why));
    for (const PlannedPlugin& plugin : route.plugins) MakePlugin(plugin, name.id, tags);
    SayRoute(g_, say_, {self_, object_.type.group}, std::move(name), spec.service, std::move(json),
             PluginsOfRoute(object_, route));
  }

  void MakePlugin(const PlannedPlugin& plugin, const EntityId& route,
                  const std::vector<std::string>& tags) {
    // Of two forms for different gateways each has an id of its own.
    EntityId id = plugin.needs == kNeedsBelow3_9 ? RoutePluginId(plugin.name + "<3.9", route)
                                                 : RoutePluginId(plugin.name, route);
    say_.Emit(Entity{EntityKind::kPlugin,
                     id,
                     plugin.needs,
                     plugin.name,
                     RoutePluginFragment(id, plugin, route, tags),
                     {self_}});
  }

  const GatewayGraph& g_;
  const RouteObject& object_;
  const ObjectRef self_;
  const GatewayRoutePlan& plan_;
  Reader& read_;
  RouteEntities& say_;
  std::vector<bool> contradictory_;
  std::string refs_reason_, refs_message_;
};

}  // namespace

void RenderPlan(const GatewayGraph& g, const RouteObject& object, Reader& read, PlanFunction plan,
                RouteEntities& say) {
  std::optional<std::string> excluded;
  std::optional<GatewayRoutePlan> made = PlanIfAdmitted(g, object, read, plan, excluded);
  if (made) RouteMaker(g, object, *made, read, say).Make();
}

}  // namespace kong
