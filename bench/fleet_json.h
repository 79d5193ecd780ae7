// The fleet of fleet.h as an API server lists it: JSON pages of 500 objects.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

struct FleetPages {
  std::vector<std::string> ingress_classes, ingresses, services, endpoint_slices;
};

FleetPages MakePages(size_t n);

}  // namespace bench
