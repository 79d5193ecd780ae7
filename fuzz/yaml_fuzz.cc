// Oracle: whatever the bytes, YamlToJson ends within its limits; a document that it accepts can be
// written as YAML again and reads back as the same JSON. JSON goes through unchanged, repeated keys
// and all, so of JSON it is asked only that what reads back then stays as it is. A stream of which
// nothing is broken gives the documents that its text gives.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/assert.h"
#include "engine/text.h"
#include "io/yaml_stream.h"

namespace {

// `json` as YAML, as JSON again. Nothing if it cannot be read back, which only JSON may do.
std::optional<std::string> Again(const std::string& json, bool may_fail) {
  auto yaml = io::JsonToYaml(json);
  CHECK(yaml.ok(), engine::Cat("cannot be written: ", json));
  auto again = io::YamlToJson(*yaml, "output");
  if (!again.ok() && may_fail) return std::nullopt;
  CHECK(again.ok(), engine::Cat("cannot be read back: ", *yaml));
  if (again->empty() && json == "null") return json;
  CHECK(again->size() == 1, engine::Cat("reads back as more than one: ", *yaml));
  return again->front().json;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const io::YamlLimits limits{
      .max_bytes = 1 << 16, .max_depth = 50, .max_nodes = 10'000, .max_repeated_bytes = 1 << 16};
  auto documents = io::YamlToJson(text, "input", limits);
  const io::YamlStream stream = io::ReadYamlStream(text, "input", limits);
  if (!documents.ok()) return 0;
  CHECK(stream.bad.empty() && documents->size() == stream.documents.size(),
        "a stream has other documents than its text");
  const size_t first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  const bool maybe_json =
      first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
  for (const io::YamlDocument& document : *documents) {
    auto again = Again(document.json, maybe_json);
    if (!again) continue;
    const std::string same = maybe_json ? *Again(*again, false) : document.json;
    CHECK(*again == same, engine::Cat("reads back differently: ", same, "\n", *again));
  }
  return 0;
}
