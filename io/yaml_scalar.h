// What a plain YAML scalar is: the typing rules of sigs.k8s.io/yaml (YAML 1.1 as go-yaml 2 reads
// it).
//
// Internal to io/; shared by the reader and by the writer, which quotes what would be read
// otherwise. Any thread; no state.
#pragma once

#include <string>
#include <string_view>

namespace io {

enum class YamlType { kString, kNull, kBool, kInt, kFloat, kNotFinite };

struct YamlScalar {
  YamlType type = YamlType::kString;
  std::string json;  // The value as JSON; empty for strings and for what is not finite.
};

// Booleans: true yes on y, false no off n; integers in base 10, 16 (0x), 8 (0, 0o) and 2 (0b) with
// underscores; an integer beyond 64 bits is a float, as in Go.
YamlScalar ResolveYamlScalar(std::string_view text);

// Whether a reader, of YAML 1.1 or 1.2, takes the text for a string when it is written bare.
bool IsPlainYamlString(std::string_view text);

}  // namespace io
