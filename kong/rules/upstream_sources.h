// Whose settings an upstream has: its KongIngress, the annotation for its host header, its
// KongUpstreamPolicy, the later over the earlier. Pure; called by the rule that renders services.
#pragma once

#include <vector>

#include "kong/rules/service_settings.h"

namespace kong {

// Of several Services, which agree in their annotations, the first one's namespace has the objects
// that these name.
UpstreamSettings UpstreamSettingsOf(const GatewayGraph& g, const ServiceUse& use,
                                    const std::vector<FoundBackend>& backends,
                                    const ServiceSettings& settings, Reader& read, ServiceSay& say);

}  // namespace kong
