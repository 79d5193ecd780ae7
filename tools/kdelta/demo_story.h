// What happens in the demo: a list of changes to whatever objects there are.
//
// Each step picks its objects by what they are (the first Ingress with a certificate, the slice of
// a Service that an Ingress leads to), so one story fits the shop, a fleet and anybody's manifests;
// a step that finds nothing to change is left out.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tools/simulators/json.h"

namespace kdelta {

// What a step does to the world.
struct StoryAct {
  std::vector<simulators::Json> apply;
  std::vector<simulators::Json> remove;
  bool restart_gateway = false;
};

struct StoryStep {
  std::string text;  // What happens in Kubernetes.
  StoryAct act;
  bool expects_change = true;
};

std::vector<StoryStep> StoryOf(const std::vector<simulators::Json>& objects);

}  // namespace kdelta
