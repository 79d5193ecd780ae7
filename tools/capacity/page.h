// A run as one HTML file: nothing to install, nothing to load, readable from a disk.
//
// The first screen answers how large a fleet this machine holds; below are curves over the sizes
// and every number. Charts are SVG that is written here. Pure.
#pragma once

#include <string>
#include <vector>

#include "tools/capacity/measurement.h"

namespace capacity {

std::string Page(const RunFacts& facts, const std::vector<Measurement>& measurements);

// The answer's sentences, the first of which names the largest size that was measured; empty if
// nothing was.
std::vector<std::string> Answer(const std::vector<Measurement>& measurements);

}  // namespace capacity
