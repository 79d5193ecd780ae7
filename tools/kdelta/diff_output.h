// A difference of two configurations as people, programs and an Admin API read it.
//
// All three are without secrets. Pure functions.
#pragma once

#include <string>

#include "kong/configuration.h"

namespace kdelta {

// Grouped by the object of Kubernetes, with a summary.
std::string DiffAsText(const kong::ConfigurationDiff& diff, bool colour);
// {"changes": [...], "summary": {"created": n, ...}}
std::string DiffAsJson(const kong::ConfigurationDiff& diff);
// A line a call, in an order in which nothing refers to what is not there.
std::string DiffAsCalls(const kong::ConfigurationDiff& diff);

}  // namespace kdelta
