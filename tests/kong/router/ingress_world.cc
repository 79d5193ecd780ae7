#include "tests/kong/router/ingress_world.h"

#include <algorithm>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "kong/validity.h"

namespace kong {
namespace {

using engine::Cat;
using k8s::PathType;

constexpr std::string_view kHosts[] = {"a.example", "b.a.example", "c.b.a.example",
                                       "other.example"};
constexpr std::string_view kRuleHosts[] = {
    "", "", "a.example", "a.example", "b.a.example", "*.a.example", "*.b.a.example"};
constexpr std::string_view kPaths[] = {"/",       "/foo", "/foo/",    "/foo/bar", "/foo/bar/baz",
                                       "/foobar", "/f",   "/foo.bar", "/fooxbar"};

k8s::IngressBackend RandomBackend(Dice& dice) {
  k8s::IngressBackend backend;
  backend.has_service = true;
  backend.service = Symbol(Cat("s", dice.Below(4)));
  backend.port_number = 80;
  return backend;
}

k8s::IngressPath RandomPath(Dice& dice) {
  k8s::IngressPath path;
  path.type = static_cast<PathType>(1 + dice.Below(3));
  if (dice.OneIn(3)) path.type = PathType::kPrefix;
  path.path = dice.AnyOf(kPaths);
  if (path.type == PathType::kImplementationSpecific && dice.OneIn(3))
    path.path = dice.OneOf({"/~/foo[a-z]*$", "/~/foo.bar", "/~^/f", "/~.*bar$"});
  path.backend = RandomBackend(dice);
  return path;
}

Options OptionsOf(bool expressions) {
  Options options;
  options.expressions = expressions;
  return options;
}

}  // namespace

IngressWorld::IngressWorld(bool expressions)
    : options_(OptionsOf(expressions)), graph_(engine::NewSerialExecutor()), g_(graph_, options_) {}

void IngressWorld::Edit(Dice& dice) {
  ObjectName id{Symbol(Cat("n", dice.Below(2))), Symbol(Cat("i", dice.Below(6)))};
  if (dice.OneIn(4)) {
    g_.ingresses.Erase(id);
    return;
  }
  k8s::Ingress ingress;
  ingress.meta.id = id;
  ingress.meta.created_s = dice.Below(4);
  ingress.class_name = Symbol("kong");
  if (dice.OneIn(6)) ingress.default_backend = RandomBackend(dice);
  for (uint32_t rules = 1 + dice.Below(2); rules > 0; --rules) {
    k8s::IngressRule& rule = ingress.rules.emplace_back();
    rule.host = Symbol(dice.AnyOf(kRuleHosts));
    for (uint32_t paths = 1 + dice.Below(3); paths > 0; --paths)
      rule.paths.push_back(RandomPath(dice));
  }
  g_.ingresses.Set(std::move(ingress));
}

absl::Status IngressWorld::Step() {
  graph_.Step();
  ingresses_.clear();
  g_.ingresses.ForEach([this](const k8s::Ingress& ingress) { ingresses_.push_back(&ingress); });
  routes_.clear();
  destinations_.clear();
  g_.entities.ForEach([this](const Entity& entity) {
    if (entity.kind != EntityKind::kRoute) return;
    simulators::Json route = *simulators::ParseJson(entity.json);
    ObjectName ingress{entity.origins[0].ns, entity.origins[0].name};
    destinations_.push_back({ingress, *EntityId::Parse(simulators::TextAt(route, "service"))});
    routes_.push_back(std::move(route));
  });
  using simulators::RouterFlavor;
  ASSIGN_OR_RETURN(router_, simulators::KongRouter::Make(options_.expressions
                                                             ? RouterFlavor::kExpressions
                                                             : RouterFlavor::kTraditionalCompatible,
                                                         routes_));
  return absl::OkStatus();
}

std::vector<Destination> IngressWorld::ChosenBy(const RoutedRequest& request) const {
  std::vector<Destination> chosen;
  for (size_t route : router_->Winners(request)) chosen.push_back(destinations_[route]);
  return chosen;
}

absl::Status IngressWorld::Try(Dice& dice) {
  // Kong sees normal paths only.
  std::string path =
      NormalPath(Cat(dice.AnyOf(kPaths), dice.OneOf({"", "", "", "x", "/x", "/", "/bar"})));
  RoutedRequest request{.host = dice.AnyOf(kHosts), .path = path};
  std::vector<Destination> chosen = ChosenBy(request);
  ++counts_.requests;
  counts_.contested += chosen.size() > 1;
  auto agree = [&chosen](const std::vector<Destination>& right) {
    if (chosen.empty()) return right.empty();
    return std::all_of(chosen.begin(), chosen.end(), [&](const Destination& each) {
      return std::find(right.begin(), right.end(), each) != right.end();
    });
  };
  std::vector<Destination> right = RightDestinations(ingresses_, request);
  if (agree(right)) {
    counts_.nowhere += right.empty();
    return absl::OkStatus();
  }
  Concessions all = kWildcardsOfSeveralLabels | kExactAndPrefixAreEqual |
                    (options_.expressions ? kRoutesCountTheirLongest : kDefaultBackendIsARule);
  if (agree(RightDestinations(ingresses_, request, all))) {
    ++counts_.conceded;
    return absl::OkStatus();
  }
  return engine::Internal(Explain(request, chosen, right));
}

std::string IngressWorld::Explain(const RoutedRequest& request,
                                  const std::vector<Destination>& chosen,
                                  const std::vector<Destination>& right) const {
  std::string out = Cat(request.host, request.path, "\n");
  for (const Destination& each : chosen)
    out += Cat("  Kong:  ", each.ingress, " to ", each.service.text(), "\n");
  for (const Destination& each : right)
    out += Cat("  right: ", each.ingress, " to ", each.service.text(), "\n");
  for (const k8s::Ingress* ingress : ingresses_) out += Cat(engine::TextOf(*ingress), "\n");
  for (const simulators::Json& route : routes_) out += Cat(simulators::DumpJson(route), "\n");
  return out;
}

}  // namespace kong
