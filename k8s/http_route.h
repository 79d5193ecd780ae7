// gateway.networking.k8s.io/v1 HTTPRoute: which requests, what is done with them, and where they
// go.
//
// What CRD defaulting fills in is filled in: a rule without matches matches the prefix "/", a match
// without a path likewise. Retries and session persistence are not read: nothing here serves them.
// Plain values. A route of one rule with one match takes about 600 bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/parent_ref.h"
#include "k8s/resource_type.h"
#include "k8s/route_types.h"

namespace k8s {

enum class HttpPathType : uint8_t { kExact, kPrefix, kRegex, kOther };

struct HttpMatch {
  HttpPathType path_type = HttpPathType::kPrefix;
  std::string path = "/";
  std::string method;  // Empty: any.
  std::vector<ValueMatch> headers, queries;
  auto fields() const { return std::tie(path_type, path, method, headers, queries); }
};

struct HttpRule {
  std::string name;
  std::vector<HttpMatch> matches = {HttpMatch()};
  std::vector<RouteFilter> filters;
  std::vector<RouteBackend> backends;
  std::optional<std::string> request_timeout, backend_timeout;  // Durations as they are written.
  auto fields() const {
    return std::tie(name, matches, filters, backends, request_timeout, backend_timeout);
  }
};

struct HttpRoute {
  using Key = NamespacedName;
  static constexpr ResourceType kType{kGatewayGroup, "v1", "httproutes",
                                      "HTTPRoute",   true, "v1beta1"};

  ObjectMeta meta;
  std::vector<ParentRef> parents;
  std::vector<engine::Symbol> hostnames;
  std::vector<HttpRule> rules;

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, parents, hostnames, rules); }
};

}  // namespace k8s
