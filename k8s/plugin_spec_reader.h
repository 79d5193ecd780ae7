// Reads what KongPlugin and KongClusterPlugin have in common. Seen by their two .cc files only.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "k8s/json_reader.h"
#include "k8s/kong_plugin.h"

namespace k8s {

// One member of the object; those that it does not know are skipped.
absl::Status ReadPluginMember(std::string_view name, JsonValue& member, PluginSpec& out);

}  // namespace k8s
