// Feature gates, spelled as the Kong Ingress Controller spells them: `A=true,B=false`.
//
// An unknown gate is an error. A gate that exists there and decides nothing here is accepted, so
// that its manifests start. Plain values.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"

namespace kdelta {

struct FeatureGates {
  bool rewrite_uris = false;
  bool kong_service_facade = false;
  bool fallback_configuration = false;
};
absl::StatusOr<FeatureGates> ParseFeatureGates(std::string_view text);

}  // namespace kdelta
