// YAML in, JSON out, with limits: kubeconfigs, manifests, and tenants' Secrets are hostile input.
//
// Every document of a stream becomes one JSON text, so that the rest of kdelta has one parser per
// kind. Scalars are typed as Kubernetes' own reader does (YAML 1.1 booleans true/yes/on/y and their
// opposites, null, ~, integers, floats; quoted scalars are strings), and scalar keys become text.
// `<<` merges, and a key that the map has itself wins. JSON is YAML and goes through unchanged,
// also several texts in a row. Errors: a duplicate key (but in JSON, which is not looked into), a
// null, map or list as key, NaN and infinities, !!binary, control characters, bytes that are not
// UTF-8.
//
// Any thread; no state. Linear in the input and in what aliases make of it, some 5 MB a second.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace io {

struct YamlLimits {
  size_t max_bytes = 64 << 20;  // Of the input.
  size_t max_depth = 100;
  size_t max_nodes = 20'000'000;
  // Of what aliases and merges repeat, so that a bomb ends within milliseconds. As many values as
  // the Kubernetes tools' own reader lets through.
  size_t max_repeated_nodes = 400'000;
  size_t max_repeated_bytes = 16 << 20;
};

struct YamlDocument {
  std::string json;
  size_t line = 0;  // Where it starts in the stream, from 1.
};

// Errors name the line. Empty documents are left out. `name` is what errors call the input, and
// `first_line` is the number of its first line.
absl::StatusOr<std::vector<YamlDocument>> YamlToJson(std::string_view text, std::string_view name,
                                                     const YamlLimits& limits = {},
                                                     size_t first_line = 1);
// The reverse, for output: block style, keys in the order of the JSON text, strings quoted where a
// reader would take them for something else.
absl::StatusOr<std::string> JsonToYaml(std::string_view json);

}  // namespace io
