// What is done to a running installation, and what is measured of it.
//
// Each scenario is one function of a few lines and leaves the installation as whole as it found it,
// so they can be run in any order; the default order is that of Scenarios(). A scenario may take a
// number: "churn=1000". Whatever is random comes from the fleet's seed.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/capacity/rig.h"

namespace capacity {

struct ScenarioRun {
  Rig& rig;
  Report& report;
  double number = 0;    // What was given after '=', or the scenario's own.
  double seconds = 10;  // How long what has no end of its own goes on.
};

struct Scenario {
  std::string_view name;
  std::string_view summary;
  double number = 0;  // The default of its number; 0: it takes none.
  absl::Status (*play)(const ScenarioRun& run);
};

// In the order in which they are played.
std::span<const Scenario> Scenarios();

struct Chosen {
  const Scenario* scenario = nullptr;
  std::string name;  // As measurements call it: with its number, if it takes one.
  double number = 0;
};
// "churn=200" and the like; the error lists what there is.
absl::StatusOr<Chosen> Choose(std::string_view text);

}  // namespace capacity
