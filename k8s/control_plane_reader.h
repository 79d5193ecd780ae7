// Reads spec.controlPlaneRef, by which some kinds of Kong's say which of several controllers they
// are for. Seen by .cc files of kinds only.
#pragma once

#include "absl/status/status.h"
#include "engine/symbol.h"
#include "k8s/json_reader.h"

namespace k8s {

inline absl::Status ReadControlPlane(JsonValue& json, engine::Symbol& type) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    return name == "type" ? Read(member, type) : absl::OkStatus();
  });
}

}  // namespace k8s
