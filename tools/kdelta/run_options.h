// From the flags of `run` to what the controller and its clients are made of.
//
// Files that flags name (certificates, tokens) are read here, at start, and those that rotate again
// later, by what this returns. Errors name the flag.
#pragma once

#include <memory>
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
absl::StatusOr<std::vector<GatewayAddress>> GatewaysOf(const Flags& flags, const io::Clock& clock);
absl::StatusOr<k8s::ClusterAccess> ClusterAccessOf(const Flags& flags);
// "HOST:PORT"; nullopt for "0" and "off".
std::optional<io::HttpServerOptions> ListenOptionsOf(std::string_view address);

}  // namespace kdelta
