// Oracle: whatever the bytes, YamlToJson ends within its limits; a document that it accepts can be
// written as YAML again and reads back as the same JSON.
#include <cstdint>
#include <string_view>

#include "engine/assert.h"
#include "engine/text.h"
#include "io/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto documents =
      io::YamlToJson(text, "input", {.max_bytes = 1 << 16, .max_depth = 50, .max_nodes = 10'000});
  if (!documents.ok()) return 0;
  for (const io::YamlDocument& document : *documents) {
    auto yaml = io::JsonToYaml(document.json);
    CHECK(yaml.ok(), engine::Cat("cannot be written: ", document.json));
    auto again = io::YamlToJson(*yaml, "output");
    CHECK(again.ok(), engine::Cat("cannot be read back: ", *yaml));
    CHECK(again->size() == 1 && again->front().json == document.json,
          engine::Cat("reads back differently: ", document.json, "\n", *yaml));
  }
  return 0;
}
