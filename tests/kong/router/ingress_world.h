// A small cluster of Ingresses that collide in every way, rendered by the real graph into the model
// of Kong's router, and held against the specification.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "kong/gateway_graph.h"
#include "tests/kong/router/dice.h"
#include "tests/kong/router/ingress_reference.h"
#include "tools/simulators/kong_router.h"

namespace kong {

class IngressWorld {
 public:
  explicit IngressWorld(bool expressions);

  // Sets or erases an Ingress.
  void Edit(Dice& dice);
  // Brings the router up to date; an error if Kong would refuse what it is told.
  absl::Status Step();
  // One random request. An error, with everything that matters, if it goes where it must not.
  absl::Status Try(Dice& dice);

  struct Counts {
    uint64_t requests = 0;
    uint64_t contested = 0;  // Several paths held.
    uint64_t nowhere = 0;    // 404, rightly.
    uint64_t conceded = 0;   // Right only with concessions.
  };
  const Counts& counts() const { return counts_; }

 private:
  std::vector<Destination> ChosenBy(const RoutedRequest& request) const;
  std::string Explain(const RoutedRequest& request, const std::vector<Destination>& chosen,
                      const std::vector<Destination>& right) const;

  Options options_;
  engine::Graph graph_;
  GatewayGraph g_;
  std::vector<const k8s::Ingress*> ingresses_;
  std::vector<Destination> destinations_;  // Of the router's routes.
  std::vector<simulators::Json> routes_;
  std::optional<simulators::KongRouter> router_;
  Counts counts_;
};

}  // namespace kong
