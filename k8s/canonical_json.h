// JSON text in the one form that equal values share: members in order of their names, no white
// space, of two members of one name the last.
//
// Kinds that carry configuration of others (plugins, vaults) keep it so: an author who only
// reorders it changes nothing. Numbers stay as they are written. Nested deeper than
// kCanonicalDepthMax it is refused, which bounds the recursion. Any thread. O(n log n).
#pragma once

#include <string>

#include "absl/status/status.h"
#include "k8s/json_reader.h"

namespace k8s {

inline constexpr int kCanonicalDepthMax = 64;

// Replaces what `out` held; null empties it.
absl::Status ReadCanonical(JsonValue& json, std::string& out);

}  // namespace k8s
