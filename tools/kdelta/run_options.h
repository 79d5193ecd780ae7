// From the flags of `run` to what the controller and its clients are made of.
//
// Files that flags name (certificates, tokens) are read here, at start, and those that rotate again
// later, by what this returns. Errors name the flag.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "io/http_client.h"
#include "io/http_server.h"
#include "k8s/kubeconfig.h"
#include "kong/controller.h"
#include "tools/kdelta/flags.h"

namespace kdelta {

struct GatewayAddress {
  io::Url url;
  std::shared_ptr<io::RotatingTls> tls;  // Null without TLS.
};

// The clock must outlive what they return.
absl::StatusOr<kong::ControllerOptions> ControllerOptionsOf(const Flags& flags,
                                                            const io::Clock& clock);
// Those of --kong-admin-url; none if they are discovered.
absl::StatusOr<std::vector<GatewayAddress>> GatewaysOf(const Flags& flags, const io::Clock& clock);
// Of --kong-admin-svc, without `connect`; nullopt if it is not set.
std::optional<kong::DiscoveryOptions> DiscoveryOptionsOf(const Flags& flags);
// The replicas' election: of fleets at once, else only if a gateway has a database, unless
// --force-leader-election says otherwise. `instance` tells this process from others. Without a
// namespace for the Lease a fleet is an error, and another has no election.
absl::Status AddElection(const Flags& flags, const k8s::ClusterAccess& access,
                         std::string_view instance, kong::ControllerOptions& options);
// TLS material towards gateways: the server name is the flag's, or that of discovered gateways.
absl::StatusOr<std::shared_ptr<io::RotatingTls>> AdminTlsOf(const Flags& flags,
                                                            const io::Clock& clock);
// What every call to an Admin API is made with.
absl::StatusOr<kong::AdminOptions> AdminOptionsOf(const Flags& flags, const io::Clock& clock);
absl::StatusOr<k8s::ClusterAccess> ClusterAccessOf(const Flags& flags);
// "HOST:PORT"; nullopt for "0" and "off".
std::optional<io::HttpServerOptions> ListenOptionsOf(std::string_view address);

}  // namespace kdelta
