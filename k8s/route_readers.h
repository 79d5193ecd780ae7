// Readers of what the route kinds share. Seen by the .cc files of these kinds only.
#pragma once

#include "absl/status/status.h"
#include "k8s/json_reader.h"
#include "k8s/route_types.h"

namespace k8s {

absl::Status Read(JsonValue& json, ValueMatch& out);
absl::Status Read(JsonValue& json, RouteFilter& out);
absl::Status Read(JsonValue& json, RouteBackend& out);

}  // namespace k8s
