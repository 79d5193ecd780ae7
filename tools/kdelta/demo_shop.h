// The shop that the demo shows: an IngressClass, a namespace, a dozen Ingresses with their Services
// and EndpointSlices, and a certificate that is made when it is asked for.
#pragma once

#include <string>
#include <vector>

#include "tools/simulators/json.h"

namespace kdelta {

// Each object after those that it needs.
std::vector<simulators::Json> ShopObjects();

// A kubernetes.io/tls Secret for a host; another `seed` gives another key.
simulators::Json TlsSecretFor(const std::string& ns, const std::string& name,
                              const std::string& host, const std::string& seed);

}  // namespace kdelta
