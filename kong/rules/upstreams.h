// The upstream of a Kong service: its entity, and who makes its targets.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kong/rules/service_settings.h"

namespace kong {

// Says the upstream, its one target where that is known now, or else where its targets come from.
// Returns the number of the port that the last of the backends means.
std::optional<int32_t> SayUpstream(const GatewayGraph& g, const ServiceUse& use,
                                   const std::vector<FoundBackend>& backends,
                                   const CommonSettings& common, Reader& read, ServiceSay& say);

// Two services may share an upstream (a Service's port for TCP and for UDP); the first kind has it.
engine::Rank RankOfUpstream(const ServiceKey& service);

}  // namespace kong
