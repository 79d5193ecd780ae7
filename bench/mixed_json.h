// A cluster that uses everything, as an API server lists it: JSON pages of 500 objects, or one
// object at a time, in another version if `round` is another.
//
// Of a cluster of n thousandths: 20n Ingresses of two paths, 20n HTTPRoutes, 5n KongPlugins (each
// on an Ingress), 10n KongConsumers with a key each, n/2 Gateways of two listeners, 50n Services
// and as many EndpointSlices of four endpoints. Names have one length at every size.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bench/fleet_json.h"

namespace bench {

struct MixedPages {
  FleetPages fleet;  // Of it Ingresses are not part.
  std::vector<std::string> ingresses, classes, gateways, routes, plugins, consumers, metadata,
      secrets;
};
MixedPages MakeMixedPages(size_t thousandths);

void WriteMixedIngress(io::JsonWriter& out, size_t i);
void WriteRoute(io::JsonWriter& out, size_t i, size_t round = 0);
void WritePlugin(io::JsonWriter& out, size_t i, size_t round = 0);
void WriteConsumer(io::JsonWriter& out, size_t i, size_t round = 0);
void WriteCredential(io::JsonWriter& out, size_t i, size_t round = 0);
void WriteCredentialMeta(io::JsonWriter& out, size_t i);
void WriteGateway(io::JsonWriter& out, size_t i, size_t round = 0);

}  // namespace bench
