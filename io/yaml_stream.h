// A stream of YAML or JSON documents of which some are broken: the others are read all the same.
//
// The idea: a line that begins with `---` starts a document wherever it stands, in the middle of a
// block scalar or a quoted text too, so a stream can be cut there without being understood; and
// JSON texts in a row are cut where a text ends. What aliases repeat is bounded for the whole
// stream.
//
// Any thread; no state. As cheap as YamlToJson if nothing is broken; else about twice that.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "io/yaml.h"

namespace io {

struct BadYaml {
  absl::Status why;  // Names input and line.
  std::string json;  // The document if it is JSON and merely too deep; so its author can be named.
};

struct YamlStream {
  std::vector<YamlDocument> documents;
  std::vector<BadYaml> bad;
};
YamlStream ReadYamlStream(std::string_view text, std::string_view name,
                          const YamlLimits& limits = {});

}  // namespace io
