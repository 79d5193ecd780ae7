// `kdelta simulate data-plane`: one simulated data plane as a process of its own.
#pragma once

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "tools/simulators/kong_schema.h"

namespace kdelta {

// Named as Kong's settings are.
struct DataPlaneLine {
  std::string listen = "127.0.0.1:0";
  std::string control_plane, mtls = "shared";
  std::string certificate, key, authority, server_name;
  std::string protocol = "v1", version = "3.9.3", flavor = "traditional_compatible";
  std::string node_id = "0d3dce28-2a0c-441a-9009-5fd065cc5a72", hostname = "simulated";
  int workers = 1;
  double reconnect_seconds = 5, router_update_seconds = 5;
  uint64_t seed = 1;
};

void DeclareDataPlane(CLI::App& command, DataPlaneLine& line);
// Until SIGTERM.
absl::Status SimulateDataPlane(const DataPlaneLine& line);

simulators::RouterFlavor FlavorNamed(const std::string& name);

}  // namespace kdelta
