// The fleet of fleet.h as an API server lists it: JSON pages of 500 objects.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "io/json_writer.h"

namespace bench {

struct FleetPages {
  std::vector<std::string> ingress_classes, ingresses, services, endpoint_slices;
};

FleetPages MakePages(size_t n);

// Pages of n objects, whose members `write` writes.
std::vector<std::string> Pages(size_t n, const std::function<void(io::JsonWriter&, size_t)>& write);
// The metadata of an object, with what every object of a cluster carries and nobody reads.
struct MetaText {
  std::string_view ns, name, uid, created = "2024-01-01T00:00:00Z";
  std::string labels, annotations;  // Members of the objects, as JSON.
};
void WriteMeta(io::JsonWriter& out, const MetaText& meta);

}  // namespace bench
