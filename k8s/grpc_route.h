// gateway.networking.k8s.io/v1 GRPCRoute: which calls, what is done with them, and where they go.
//
// Plain values. A rule without matches matches every call.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/parent_ref.h"
#include "k8s/resource_type.h"
#include "k8s/route_types.h"

namespace k8s {

struct GrpcMatch {
  bool has_method = false;
  bool regex = false;
  std::string unknown_type;     // A type other than Exact and RegularExpression.
  std::string service, method;  // Empty: any.
  std::vector<ValueMatch> headers;
  auto fields() const {
    return std::tie(has_method, regex, unknown_type, service, method, headers);
  }
};

struct GrpcRule {
  std::string name;
  std::vector<GrpcMatch> matches;
  std::vector<RouteFilter> filters;
  std::vector<RouteBackend> backends;
  auto fields() const { return std::tie(name, matches, filters, backends); }
};

struct GrpcRoute {
  using Key = NamespacedName;
  static constexpr ResourceType kType{kGatewayGroup, "v1", "grpcroutes",
                                      "GRPCRoute",   true, "v1alpha2"};

  ObjectMeta meta;
  std::vector<ParentRef> parents;
  std::vector<engine::Symbol> hostnames;
  std::vector<GrpcRule> rules;

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, parents, hostnames, rules); }
};

}  // namespace k8s
