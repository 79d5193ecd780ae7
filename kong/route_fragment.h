// The fragment of a Kong route that an Ingress made.
//
// Annotations first: they override what the Ingress says, in the order in which the Kong Ingress
// Controller applies them. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kong/annotations.h"
#include "kong/entity.h"
#include "kong/ingress_plan.h"

namespace kong {

struct RouteSpec {
  std::string_view name;
  EntityId id;
  Symbol host;
  const std::vector<RoutePlan::Path>* paths =
      nullptr;  // Null: the default backend, which takes "/".
  bool legacy_regex_detection = false;
  EntityId service;
  const RouteSettings* settings = nullptr;
  const std::vector<std::string>* tags = nullptr;
};

std::string RouteFragment(const RouteSpec& route, bool expressions);
// Of those that konghq.com/protocols may name, which ones a route with hosts and paths may have.
bool IsHttpProtocol(std::string_view protocol);
// Kong refuses SNIs on a route that none of these brings TLS to; they would not count there.
bool TakesSnis(const std::vector<std::string>& protocols);
// The request-transformer that replaces the path.
std::string RewritePluginFragment(const EntityId& route, std::string_view target);

}  // namespace kong
