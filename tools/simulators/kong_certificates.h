// Kong's checks of certificates and keys: that PEM parses, that they fit together, that a CA is
// one. Any thread; no state.
#pragma once

#include <string_view>

#include "tools/simulators/json.h"

namespace simulators {

// Adds what Kong finds wrong with the PEM texts of certificates, ca_certificates and jwt_secrets.
void CheckCertificates(std::string_view entity, const Json& row, Json& errors);

}  // namespace simulators
