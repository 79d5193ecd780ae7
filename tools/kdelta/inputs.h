// What --input names: files, directories of them, or `-`, in YAML or JSON, as Kubernetes' objects.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kong/manifest.h"

namespace kdelta {

struct Inputs {
  std::vector<kong::ManifestObject> objects;
  std::vector<absl::Status> bad;  // What could not be read; names the file and the line.
};

// In the order of `paths`; the files of a directory (*.yaml, *.yml, *.json, at any depth) by name.
// What is broken costs nothing else. An error: a path that does not exist.
absl::StatusOr<Inputs> ReadInputs(const std::vector<std::string>& paths);

// Tells standard error what could not be read. True if all could.
bool TellBad(const Inputs& inputs);

}  // namespace kdelta
