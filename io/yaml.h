// YAML in, JSON out, with limits: kubeconfigs, manifests, and tenants' Secrets are hostile input.
//
// Every document of a stream becomes one JSON text, so that the rest of kdelta has one parser per kind.
// Scalars are typed as Kubernetes' own reader does (YAML 1.1 core booleans true/false/yes/no/on/off,
// null, ~, integers, floats; quoted scalars are strings). JSON is YAML and goes through unchanged.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace io {

struct YamlLimits {
  size_t max_bytes = 64 << 20;       // Of the input.
  size_t max_depth = 100;
  size_t max_nodes = 20'000'000;     // After aliases are expanded: an alias bomb ends here.
};

struct YamlDocument {
  std::string json;
  size_t line = 0;  // Where it starts in the stream, from 1.
};

// Errors name the line. Empty documents are left out. `name` is what errors call the input.
absl::StatusOr<std::vector<YamlDocument>> YamlToJson(std::string_view text, std::string_view name,
                                                     const YamlLimits& limits = {});
// The reverse, for output: block style, keys in the order of the JSON text, strings quoted where a
// reader would take them for something else.
absl::StatusOr<std::string> JsonToYaml(std::string_view json);

}  // namespace io
