// What --input names: files, directories of them, or `-`, in YAML or JSON, as Kubernetes' objects.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kong/manifest.h"

namespace kdelta {

// In the order of `paths`; the files of a directory (*.yaml, *.yml, *.json, at any depth) by name.
// Errors name the file and the line.
absl::StatusOr<std::vector<kong::ManifestObject>> ReadInputs(const std::vector<std::string>& paths);

}  // namespace kdelta
