// The Services behind a Kong service: which exist, which port is meant, and what is told of the
// rest.
//
// Pure; called by the rules that render services. Cost: a look-up a backend.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "k8s/kong_service_facade.h"
#include "k8s/service.h"
#include "kong/rules/rules.h"

namespace kong {

struct FoundPort {
  const k8s::ServicePort* port = nullptr;  // Null for an ExternalName, which declares none.
  int32_t number = 0;
};

struct FoundBackend {
  const ServiceBackend* backend = nullptr;
  uint32_t nth = 0;                       // Among those that the use names.
  const k8s::Service* service = nullptr;  // Never null.
  // The facade by which it goes, or null; and then the Service's annotations under the facade's.
  const k8s::KongServiceFacade* facade = nullptr;
  k8s::TextMap merged = {};
  const k8s::TextMap& annotations() const { return facade ? merged : service->meta.annotations; }
};

// Those whose Service exists. Of the rest, and of what is wrong with them, the parent is told.
std::vector<FoundBackend> FindBackends(const GatewayGraph& g, const ServiceUse& use, Reader& read,
                                       ServiceSay& say);

absl::StatusOr<FoundPort> FindPort(const k8s::Service& service, const ServiceBackend& backend,
                                   ServiceProtocol protocol);

}  // namespace kong
