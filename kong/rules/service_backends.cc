#include "kong/rules/service_backends.h"

#include "engine/text.h"
#include "kong/cross_namespace.h"
#include "kong/rules/reports.h"
#include "kong/rules/service_settings.h"

namespace kong {
namespace {

using engine::Cat;

void ReportMissing(const ServiceUse& use, const ObjectName& id, ServiceSay& say) {
  ReportFailure(say, use.parent,
                Cat("failed to resolve Kubernetes Service for backend: failed to fetch Service ",
                    id, ": Service ", id, " not found"));
  ReportFailure(say, use.parent,
                Cat("can't add target for backend ", id.name, ": no kubernetes service found"));
}

absl::StatusOr<FoundPort> FindImplicitPort(const k8s::Service& service) {
  if (service.ports.size() == 1) return FoundPort{&service.ports[0], service.ports[0].number};
  return engine::NotFound("in implicit mode, service must have exactly 1 port, has ",
                          service.ports.size());
}

// Who goes by a facade refers to that, and the facade to a Service of its own namespace.
Referent ReferentOf(const ServiceBackend& backend) {
  if (!backend.facade) return {"", "Service", backend.service_name()};
  return {k8s::KongServiceFacade::kType.group,
          k8s::KongServiceFacade::kType.kind,
          {backend.ns, backend.facade}};
}

bool Speaks(const k8s::ServicePort& port, ServiceProtocol protocol) {
  return (port.protocol == k8s::Protocol::kUdp) == (protocol == ServiceProtocol::kUdp);
}

}  // namespace

std::vector<FoundBackend> FindBackends(const GatewayGraph& g, const ServiceUse& use, Reader& read,
                                       ServiceSay& say) {
  std::vector<FoundBackend> found;
  for (uint32_t nth = 0; nth < use.backends.size(); ++nth) {
    const ServiceBackend& backend = use.backends[nth];
    // Asked again where it is followed: a claim is no permission.
    if (!MayRefer(g, read, {k8s::kGatewayGroup, use.parent.kind.text(), use.id.ns},
                  ReferentOf(backend))) {
      continue;
    }
    if (const k8s::Service* service = read.Find(g.services, backend.service_name())) {
      FoundBackend& one = found.emplace_back(FoundBackend{&backend, nth, service});
      if (backend.facade)
        one.facade = read.Find(g.policies.service_facades, {backend.ns, backend.facade});
      // Few Services go by a facade, so the annotations of the others are not copied.
      if (one.facade) one.merged = AnnotationsOf(*service, *one.facade);
    } else if (use.form.sparse) {
      ReportWarning(say, use.parent,
                    Cat("backendRef to Service ", backend.service_name(),
                        " is left out: there is no such Service"));
    } else {
      ReportMissing(use, backend.service_name(), say);
    }
  }
  return found;
}

absl::StatusOr<FoundPort> FindPort(const k8s::Service& service, const ServiceBackend& backend,
                                   ServiceProtocol protocol) {
  bool external = service.type == k8s::ServiceType::kExternalName;
  // A backendRef of a route that names no port has -1.
  if (external && backend.port_number > 0) return FoundPort{nullptr, backend.port_number};
  if (external)
    return engine::NotFound("rules with an ExternalName service must specify numeric ports");
  // A Service may have one number for TCP and for UDP.
  const k8s::ServicePort* other = nullptr;
  for (const k8s::ServicePort& port : service.ports) {
    bool same = backend.port_number ? port.number == backend.port_number
                                    : backend.port_name && (port.name == backend.port_name ||
                                                            port.target_name == backend.port_name);
    if (same && Speaks(port, protocol)) return FoundPort{&port, port.number};
    if (same && !other) other = &port;
  }
  if (other) return FoundPort{other, other->number};
  if (!backend.port_number && !backend.port_name) return FindImplicitPort(service);
  return engine::NotFound("no suitable port found");
}

}  // namespace kong
