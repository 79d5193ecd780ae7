#include "kong/rules/backend_tls.h"

namespace kong {
namespace {

// A policy for the port by name goes before one for the whole Service.
const BackendTls* PolicyOf(const GatewayGraph& g, const FoundBackend& backend,
                           ServiceProtocol protocol, Reader& read) {
  const ObjectName service = backend.service->key();
  // Most Services have none, and one look tells.
  if (read.In(g.policies.backend_tls_of_service, service).empty()) return nullptr;
  absl::StatusOr<FoundPort> port = FindPort(*backend.service, *backend.backend, protocol);
  if (port.ok() && port->port && port->port->name) {
    const BackendTls* own =
        read.Find(g.policies.backend_tls, {service.ns, service.name, port->port->name});
    if (own) return own;
  }
  return read.Find(g.policies.backend_tls, {service.ns, service.name, {}});
}

}  // namespace

void ApplyBackendTls(const GatewayGraph& g, const FoundBackend& backend, ServiceProtocol protocol,
                     Reader& read, ServiceSettings& settings) {
  const BackendTls* tls = PolicyOf(g, backend, protocol, read);
  if (!tls) return;
  settings.protocol = protocol == ServiceProtocol::kTcp ? "tls" : "https";
  settings.tls_verify = true;
  settings.host_header = tls->hostname;
  settings.ca_certificates_secrets = tls->ca_secrets;
  settings.ca_certificates_configmaps = tls->ca_config_maps;
  if (tls->verify_depth) settings.tls_verify_depth = tls->verify_depth;
}

}  // namespace kong
