// The health checks of an upstream as Kong's JSON, without what Kong would refuse. Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "k8s/upstream_health.h"
#include "kong/problem.h"

namespace kong {

// How findings call the fields: their place in the object, and its spelling.
struct HealthPlace {
  std::string_view path;
  k8s::Spelling names;
};

// One JSON object.
std::string HealthFragment(const k8s::UpstreamHealth& health, const HealthPlace& place,
                           Findings& findings);

}  // namespace kong
