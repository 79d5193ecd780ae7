#include "tools/kdelta/feature_gates.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "engine/text.h"
#include "tools/kdelta/command_line.h"

namespace kdelta {
namespace {

constexpr std::array<std::string_view, 4> kWithoutEffect = {
    "GatewayAlpha", "FillIDs", "KongCustomEntity", "SanitizeKonnectConfigDumps"};

bool* GateOf(std::string_view name, FeatureGates& gates) {
  if (name == "RewriteURIs") return &gates.rewrite_uris;
  if (name == "KongServiceFacade") return &gates.kong_service_facade;
  if (name == "FallbackConfiguration") return &gates.fallback_configuration;
  return nullptr;
}

absl::Status Unknown(std::string_view name) {
  std::vector<std::string> known(kWithoutEffect.begin(), kWithoutEffect.end());
  known.insert(known.end(), {"RewriteURIs", "KongServiceFacade", "FallbackConfiguration"});
  const std::string nearest = Nearest(name, known);
  return engine::InvalidArgument(
      "unknown feature gate ", name,
      nearest.empty() ? "" : engine::Cat("; did you mean ", nearest, "?"));
}

}  // namespace

absl::StatusOr<FeatureGates> ParseFeatureGates(std::string_view text) {
  FeatureGates gates;
  for (std::string_view part : engine::Split(text, ',')) {
    part = engine::Trim(part);
    if (part.empty()) continue;
    size_t equals = part.find('=');
    std::string_view name = engine::Trim(part.substr(0, equals));
    std::string_view value =
        equals == std::string_view::npos ? "" : engine::Trim(part.substr(equals + 1));
    bool on = engine::EqualIgnoringCase(value, "true");
    if (!on && !engine::EqualIgnoringCase(value, "false")) {
      return engine::InvalidArgument("feature gate ", name, ": expected true or false, not \"",
                                     value, "\"");
    }
    bool* gate = GateOf(name, gates);
    if (gate) {
      *gate = on;
    } else if (std::find(kWithoutEffect.begin(), kWithoutEffect.end(), name) ==
               kWithoutEffect.end()) {
      return Unknown(name);
    }
  }
  return gates;
}

}  // namespace kdelta
