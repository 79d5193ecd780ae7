// What a BackendTLSPolicy makes of a Kong service. Pure; called by the rule that renders services.
#pragma once

#include "kong/rules/service_settings.h"

namespace kong {

// Lays the policy of the port to which the backend leads, if there is one, over its annotations.
void ApplyBackendTls(const GatewayGraph& g, const FoundBackend& backend, ServiceProtocol protocol,
                     Reader& read, ServiceSettings& settings);

}  // namespace kong
