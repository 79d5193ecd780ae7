#include "tests/kong/router/route_world.h"

#include <algorithm>
#include <utility>

#include "engine/assert.h"
#include "engine/status_macros.h"
#include "engine/text.h"
#include "kong/manifest.h"
#include "kong/route_order.h"
#include "kong/validity.h"

namespace kong {
namespace {

using engine::Cat;
using Type = MatchModel::Type;

constexpr std::string_view kHosts[] = {"a.example", "b.example", "x.a.example", "y.x.a.example"};
constexpr std::string_view kRuleHosts[] = {"a.example", "b.example", "*.a.example", "*.b.example",
                                           "*.x.a.example"};
constexpr std::string_view kPaths[] = {"/",       "/foo",   "/foo/",     "/bar",    "/foo/bar",
                                       "/foobar", "/foo.b", "/foo/bar/", "/foo(b)$"};
constexpr std::string_view kRegexes[] = {"/fo+", "/(foo|bar)/.*", "/foo/b", ".*bar$"};
constexpr std::string_view kServices[] = {"pay", "buy", "pay.v1", "p"};
constexpr std::string_view kMethods[] = {"Get", "Put", "List", "G"};
constexpr std::string_view kNames[] = {"xa", "xb", "xc"};
constexpr std::string_view kValues[] = {"1", "2", "a", "A"};

// All that they choose from when all matches are equally specific.
constexpr size_t kAlikeHosts = 2, kAlikeValues = 2;
constexpr std::string_view kAlikePaths[] = {"/foo", "/bar"};
constexpr std::string_view kAlikeServices[] = {"pay", "buy"};
constexpr std::string_view kAlikeMethods[] = {"Get", "Put"};

template <size_t n>
std::string_view FirstOf(Dice& dice, const std::string_view (&choices)[n], size_t count) {
  return choices[dice.Below(static_cast<uint32_t>(count))];
}

Json GatewayClassManifest() {
  return {{"apiVersion", "gateway.networking.k8s.io/v1"},
          {"kind", "GatewayClass"},
          {"metadata",
           {{"name", "kong"}, {"annotations", {{"konghq.com/gatewayclass-unmanaged", "true"}}}}},
          {"spec", {{"controllerName", "konghq.com/kic-gateway-controller"}}}};
}

Json GatewayManifest() {
  Json listener = {{"name", "http"},
                   {"port", 80},
                   {"protocol", "HTTP"},
                   {"allowedRoutes", {{"namespaces", {{"from", "All"}}}}}};
  return {{"apiVersion", "gateway.networking.k8s.io/v1"},
          {"kind", "Gateway"},
          {"metadata", {{"namespace", "n0"}, {"name", "gateway"}}},
          {"spec", {{"gatewayClassName", "kong"}, {"listeners", Json::array({listener})}}}};
}

// The number at the end of "httproute.NAMESPACE.NAME.HOST.3.7", or the one before it.
uint32_t NumberAtEnd(std::string_view name, size_t before = 0) {
  std::vector<std::string_view> parts = engine::Split(name, '.');
  CHECK(parts.size() > 2 + before, name);
  auto number = engine::ParseInt(parts[parts.size() - 1 - before]);
  CHECK(number.has_value(), name);
  return static_cast<uint32_t>(*number);
}

const RouteModel* Find(const std::vector<RouteModel>& models, std::string_view ns,
                       std::string_view name) {
  auto at = std::find_if(models.begin(), models.end(), [&](const RouteModel& each) {
    return each.ns == ns && each.name == name;
  });
  return at == models.end() ? nullptr : &*at;
}

}  // namespace

RouteWorld::RouteWorld(const RouteWorldForm& form)
    : form_(form),
      options_([&form] {
        Options options;
        options.expressions = form.expressions;
        return options;
      }()),
      graph_(engine::NewSerialExecutor()),
      g_(graph_, options_) {
  Apply(GatewayClassManifest());
  Apply(GatewayManifest());
}

void RouteWorld::Apply(const Json& manifest) {
  auto objects = ObjectsOf(manifest.dump());
  CHECK(objects.ok(), engine::MessageOf(objects.status()));
  for (const ManifestObject& object : *objects) {
    auto known = SetObject(g_, object);
    CHECK(known.ok() && *known, object.kind);
  }
}

void RouteWorld::Remove(const RouteModel& model) {
  auto objects = ObjectsOf(model.Manifest(form_.kind).dump());
  CHECK(objects.ok(), engine::MessageOf(objects.status()));
  EraseObject(g_, objects->front());
}

// ---- chance

std::vector<ValueModel> RouteWorld::Values(Dice& dice) const {
  std::vector<ValueModel> values;
  auto add = [&](std::string_view name, std::string_view value) {
    bool regex = dice.OneIn(8);
    values.push_back({std::string(name), std::string(regex ? "[12]" : value), regex});
  };
  if (form_.alike) {
    add(dice.AnyOf(kNames), FirstOf(dice, kValues, kAlikeValues));
    return values;
  }
  for (std::string_view name : kNames) {
    if (dice.OneIn(4)) add(name, dice.AnyOf(kValues));
  }
  return values;
}

MatchModel RouteWorld::HttpMatch(Dice& dice) const {
  MatchModel match;
  match.headers = Values(dice);
  if (form_.alike) {
    match.path = dice.AnyOf(kAlikePaths);
    match.queries = Values(dice);
    return match;
  }
  match.type = dice.OneIn(8) ? Type::kRegex : dice.OneIn(4) ? Type::kExact : Type::kPrefix;
  match.path = match.type == Type::kRegex ? dice.AnyOf(kRegexes) : dice.AnyOf(kPaths);
  if (match.path == "/foo" && dice.OneIn(4)) match.spelling = "/fo%6f";
  if (dice.OneIn(4)) match.method = dice.OneOf({"GET", "POST"});
  if (dice.OneIn(3)) match.queries = Values(dice);
  // A second header of one name, which does not count.
  if (!match.headers.empty() && dice.OneIn(8))
    match.headers.push_back({"X" + match.headers[0].name.substr(1), "none", false});
  return match;
}

MatchModel RouteWorld::GrpcMatch(Dice& dice) const {
  MatchModel match;
  match.type = dice.OneIn(6) ? Type::kRegex : Type::kExact;
  match.headers = Values(dice);
  if (form_.alike) {
    match.service = dice.AnyOf(kAlikeServices);
    match.method = dice.AnyOf(kAlikeMethods);
    return match;
  }
  if (!dice.OneIn(3)) match.service = dice.AnyOf(kServices);
  if (!dice.OneIn(3)) match.method = dice.AnyOf(kMethods);
  if (match.service.empty() && match.method.empty()) match.type = Type::kExact;
  return match;
}

RouteModel RouteWorld::Route(Dice& dice, std::string ns, std::string name) const {
  RouteModel model;
  model.ns = std::move(ns);
  model.name = std::move(name);
  model.created_s = dice.Below(5);
  for (uint32_t hosts = form_.alike ? 1 : dice.Below(3); hosts > 0; --hosts) {
    std::string host(form_.alike ? FirstOf(dice, kRuleHosts, kAlikeHosts) : dice.AnyOf(kRuleHosts));
    if (std::find(model.hosts.begin(), model.hosts.end(), host) == model.hosts.end())
      model.hosts.push_back(std::move(host));
  }
  for (uint32_t rules = 1 + dice.Below(3); rules > 0; --rules) {
    RuleModel& rule = model.rules.emplace_back();
    rule.backend = Cat("s", dice.Below(3));
    if (dice.OneIn(4)) rule.mark = Cat(1 + dice.Below(2));
    if (!form_.alike && dice.OneIn(12)) continue;  // Without a match.
    for (uint32_t count = 1 + dice.Below(2); count > 0; --count)
      rule.matches.push_back(form_.kind == RouteKind::kHttp ? HttpMatch(dice) : GrpcMatch(dice));
  }
  return model;
}

void RouteWorld::Edit(Dice& dice) {
  std::string ns = Cat("n", dice.Below(2)), name = Cat("r", dice.Below(form_.routes / 2));
  const RouteModel* old = Find(models_, ns, name);
  if (old && dice.OneIn(5)) {
    Remove(*old);
    models_.erase(models_.begin() + (old - models_.data()));
    return;
  }
  RouteModel model = Route(dice, std::move(ns), std::move(name));
  Apply(model.Manifest(form_.kind));
  if (old)
    models_[static_cast<size_t>(old - models_.data())] = std::move(model);
  else
    models_.push_back(std::move(model));
}

// ---- epochs

absl::StatusOr<RouteDestination> RouteWorld::DestinationOf(
    const Entity& route, const Json& json, const std::map<EntityId, std::string>& services) const {
  const ObjectRef& origin = route.origins[0];
  const RouteModel* model = Find(models_, origin.ns.text(), origin.name.text());
  auto service = EntityId::Parse(TextAt(json, "service"));
  if (!model || !service || !services.contains(*service))
    return engine::Internal("Kong route ", route.name, " leads nowhere: ", route.json);
  const RuleModel& rule = model->rules[NumberAtEnd(services.at(*service))];
  return RouteDestination{model->ns, model->name, rule.backend, {}};
}

absl::Status RouteWorld::Step() {
  graph_.Step();
  std::map<EntityId, std::string> services;
  std::map<std::string, std::string, std::less<>> marks;  // By the id of a Kong route.
  g_.entities.ForEach([&](const Entity& entity) {
    if (entity.kind == EntityKind::kService) services[entity.id] = entity.name;
    constexpr std::string_view kMark = "mark:";
    size_t at = entity.kind == EntityKind::kPlugin ? entity.json.find(kMark) : std::string::npos;
    if (at == std::string::npos) return;
    Json plugin = *ParseJson(entity.json);
    marks[std::string(TextAt(plugin, "route"))] = entity.json.substr(at + kMark.size(), 1);
  });
  kong_routes_.clear();
  std::vector<Json> jsons;
  absl::Status status;
  g_.entities.ForEach([&](const Entity& entity) {
    if (entity.kind != EntityKind::kRoute || !status.ok()) return;
    KongRoute route{*ParseJson(entity.json), {}};
    auto destination = DestinationOf(entity, route.json, services);
    status = destination.status();
    if (!status.ok()) return;
    route.destination = *std::move(destination);
    if (auto mark = marks.find(TextAt(route.json, "id")); mark != marks.end())
      route.destination.mark = mark->second;
    jsons.push_back(route.json);
    kong_routes_.push_back(std::move(route));
  });
  RETURN_IF_ERROR(status);
  using simulators::RouterFlavor;
  auto flavor =
      form_.expressions ? RouterFlavor::kExpressions : RouterFlavor::kTraditionalCompatible;
  ASSIGN_OR_RETURN(router_, simulators::KongRouter::Make(flavor, jsons));
  return form_.expressions ? CheckNumbers() : absl::OkStatus();
}

// Up to kFewEquals the numbers are those of the Kong Ingress Controller: the highest for the
// oldest, and so on without a gap.
absl::Status RouteWorld::CheckNumbers() {
  using Age = std::tuple<int64_t, std::string_view, std::string_view, uint32_t, uint32_t>;
  const int shift = form_.kind == RouteKind::kHttp ? 12 : 8;
  std::map<uint64_t, std::vector<std::pair<Age, uint64_t>>> groups;
  for (const KongRoute& route : kong_routes_) {
    uint64_t priority = At(route.json, "priority").get<uint64_t>();
    const RouteDestination& owner = route.destination;
    std::string_view name = TextAt(route.json, "name");
    Age age{Find(models_, owner.ns, owner.name)->created_s, owner.ns, owner.name,
            NumberAtEnd(name, 1), NumberAtEnd(name)};
    groups[priority >> shift].emplace_back(age, priority & ((1u << shift) - 1));
  }
  for (auto& [bits, members] : groups) {
    counts_.most_equals = std::max<uint64_t>(counts_.most_equals, members.size());
    if (members.size() > kFewEquals) continue;
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
      return std::tie(a.first, b.second) < std::tie(b.first, a.second);
    });
    uint64_t expected = (1u << shift) - 1;
    for (const auto& [age, number] : members) {
      if (number == expected--) continue;
      return engine::Internal(std::get<1>(age), "/", std::get<2>(age), " rule ", std::get<3>(age),
                              " has number ", number, " and not ", expected + 1);
    }
  }
  return absl::OkStatus();
}

absl::Status RouteWorld::CompareReplica(Dice& dice) const {
  RouteWorld replica(form_);
  std::vector<const RouteModel*> order;
  for (const RouteModel& model : models_) order.push_back(&model);
  for (size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[dice.Below(static_cast<uint32_t>(i))]);
  for (size_t i = 0; i < order.size(); ++i) {
    if (i % 50 == 0) replica.graph_.Step();
    if (dice.OneIn(4))
      replica.Apply(Route(dice, order[i]->ns, order[i]->name).Manifest(form_.kind));
    if (dice.OneIn(8)) replica.graph_.Step();
    replica.Apply(order[i]->Manifest(form_.kind));
  }
  replica.graph_.Step();
  if (replica.g_.entities.hash() == g_.entities.hash()) return absl::OkStatus();
  return engine::Internal("a replica with another history has other entities");
}

// ---- requests

void RouteWorld::Ask(Dice& dice, TestRequest& request) const {
  auto given = [&] {
    RoutedRequest::Multi values;
    for (std::string_view name : kNames) {
      if (!dice.OneIn(2)) continue;
      values.emplace_back(name,
                          form_.alike ? FirstOf(dice, kValues, kAlikeValues) : dice.AnyOf(kValues));
    }
    return values;
  };
  RoutedRequest& seen = request.seen;
  seen.host = form_.alike ? FirstOf(dice, kHosts, kAlikeHosts) : dice.AnyOf(kHosts);
  seen.headers = given();
  if (form_.kind == RouteKind::kGrpc) {
    seen.method = "POST";
    request.path = form_.alike
                       ? Cat('/', dice.AnyOf(kAlikeServices), '/', dice.AnyOf(kAlikeMethods))
                       : Cat('/', dice.AnyOf(kServices), '/', dice.AnyOf(kMethods));
  } else {
    seen.method = dice.OneOf({"GET", "POST", "PUT"});
    seen.queries = given();
    request.path = form_.alike
                       ? Cat(dice.AnyOf(kAlikePaths), dice.OneOf({"", "/x"}))
                       : NormalPath(Cat(dice.AnyOf(kPaths), dice.OneOf({"", "", "x", "/bar"})));
  }
  seen.path = request.path;
}

absl::Status RouteWorld::Try(Dice& dice) {
  TestRequest request;
  Ask(dice, request);
  std::vector<RouteDestination> chosen;
  for (size_t route : router_->Winners(request.seen))
    chosen.push_back(kong_routes_[route].destination);
  auto agree = [&chosen](const RightRules& right) {
    return chosen.empty() == right.destinations.empty() &&
           std::all_of(chosen.begin(), chosen.end(), [&](const RouteDestination& each) {
             return std::find(right.destinations.begin(), right.destinations.end(), each) !=
                    right.destinations.end();
           });
  };
  RightRules right = RightRulesOf(form_.kind, models_, request.seen);
  ++counts_.requests;
  counts_.contested += right.holding > 1;
  counts_.nowhere += right.holding == 0;
  if (agree(right)) return absl::OkStatus();
  RouteConcessions all =
      kKindsOfCriteriaComeFirst | kNoQueries | kHeaderValuesIgnoreCase | kMethodsAloneComeFirst;
  if (!form_.expressions && agree(RightRulesOf(form_.kind, models_, request.seen, all))) {
    ++counts_.conceded;
    return absl::OkStatus();
  }
  return engine::Internal(Explain(request.seen, chosen, right.destinations));
}

std::string RouteWorld::Explain(const RoutedRequest& request,
                                const std::vector<RouteDestination>& chosen,
                                const std::vector<RouteDestination>& right) const {
  std::string out = Cat(request.method, ' ', request.host, request.path);
  for (const auto& [name, value] : request.headers) out += Cat(" header ", name, '=', value);
  for (const auto& [name, value] : request.queries) out += Cat(" query ", name, '=', value);
  auto add = [&out](std::string_view who, const RouteDestination& each) {
    out += Cat("\n  ", who, each.ns, '/', each.name, " to ", each.backend, " mark ", each.mark);
  };
  for (const RouteDestination& each : chosen) add("Kong:  ", each);
  for (const RouteDestination& each : right) add("right: ", each);
  for (const RouteModel& model : models_) out += Cat('\n', DumpJson(model.Manifest(form_.kind)));
  for (const KongRoute& route : kong_routes_) out += Cat('\n', DumpJson(route.json));
  return out;
}

}  // namespace kong
