// Who a gateway is, as GET / of its Admin API says, and whether we can configure it.
//
// Pure functions over bytes that a stranger sent; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kong/entity.h"

namespace kong {

struct GatewayIdentity {
  int major = 0, minor = 0, patch = 0;
  std::string version;  // As the gateway writes it.
  bool enterprise = false;
  std::string router_flavor;  // traditional, traditional_compatible, expressions
  std::string database;       // off, postgres
  std::string node_id;        // A new one after each restart.
  uint64_t plugins = 0;       // A hash of the names and versions of the plugins that it has.

  bool expressions() const { return router_flavor == "expressions"; }
  Needs offers() const { return OffersOf(major, minor, enterprise, expressions()); }
  // Whether what one accepts another must accept: all but the node.
  bool SameKind(const GatewayIdentity& other) const {
    return version == other.version && enterprise == other.enterprise &&
           router_flavor == other.router_flavor && plugins == other.plugins;
  }
};

// Reads "3.9.3" or "3.4.3.12-enterprise-edition" into the version, and the edition, as far as that
// says it. False if it is no version.
bool ReadGatewayVersion(std::string_view text, GatewayIdentity& identity);

// Reads the answer to GET /.
absl::StatusOr<GatewayIdentity> ReadIdentity(std::string_view body);

// The configuration_hash in the answer to GET /status.
absl::StatusOr<std::string> ReadConfigurationHash(std::string_view body);

// Why a gateway cannot be configured by us: FailedPrecondition, with the remedy.
absl::Status CheckFit(const GatewayIdentity& identity);

}  // namespace kong
