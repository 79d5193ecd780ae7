// HTTPRoutes or GRPCRoutes that tie and overlap in every way, rendered by the real graph into the
// model of Kong's router, and held against the Gateway API.
//
// A world has a history of edits; what it computes must not depend on it. Names have no dots, so
// that a Kong route's name says which rule and match it is. Single thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kong/gateway_graph.h"
#include "tests/kong/router/dice.h"
#include "tests/kong/router/route_reference.h"
#include "tools/simulators/kong_router.h"

namespace kong {

struct RouteWorldForm {
  RouteKind kind = RouteKind::kHttp;
  bool expressions = true;
  uint32_t routes = 12;  // At most.
  bool alike = false;    // All matches are equally specific, so that only age orders them.
};

class RouteWorld {
 public:
  explicit RouteWorld(const RouteWorldForm& form);

  void Edit(Dice& dice);
  // Makes the epoch and checks the numbers of small groups of equals.
  absl::Status Step();
  absl::Status Try(Dice& dice);
  // Another world that came to the same routes in another way has the same entities.
  absl::Status CompareReplica(Dice& dice) const;

  struct Counts {
    uint64_t requests = 0;
    uint64_t contested = 0;  // Several matches held.
    uint64_t nowhere = 0;
    uint64_t conceded = 0;
    uint64_t most_equals = 0;  // Routes of one priority but for its number.
  };
  const Counts& counts() const { return counts_; }

 private:
  struct KongRoute {
    simulators::Json json;
    RouteDestination destination;
  };
  struct TestRequest {
    RoutedRequest seen;
    std::string path;
  };

  std::string Host(Dice& dice) const;
  MatchModel Match(Dice& dice) const;
  MatchModel HttpMatch(Dice& dice) const;
  MatchModel GrpcMatch(Dice& dice) const;
  std::vector<ValueModel> Values(Dice& dice) const;
  RouteModel Route(Dice& dice, std::string ns, std::string name) const;
  void Ask(Dice& dice, TestRequest& request) const;

  void Apply(const Json& manifest);
  void Remove(const RouteModel& model);
  absl::StatusOr<RouteDestination> DestinationOf(
      const Entity& route, const Json& json, const std::map<EntityId, std::string>& services) const;
  absl::Status CheckNumbers();
  std::string Explain(const RoutedRequest& request, const std::vector<RouteDestination>& chosen,
                      const std::vector<RouteDestination>& right) const;

  RouteWorldForm form_;
  Options options_;
  engine::Graph graph_;
  GatewayGraph g_;
  std::vector<RouteModel> models_;
  std::vector<KongRoute> kong_routes_;
  std::optional<simulators::KongRouter> router_;
  Counts counts_;
};

}  // namespace kong
