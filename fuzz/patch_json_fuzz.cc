// Oracle: what a patch puts at a JSON pointer is what a second implementation finds there.
// Input: a line with the pointer, a line with the value, and the document.
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "io/utf8.h"
#include "kong/json_tree.h"
#include "kong/plugin_config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Bytes bytes(data, size);
  const std::string pointer(bytes.Line()), value(bytes.Line());
  if (io::FindInvalidUtf8(fuzz::TextOf(data, size)) != std::string_view::npos) return 0;
  const auto patched = kong::PatchJson(bytes.rest(), pointer, value);
  if (!patched.ok()) return 0;
  const auto tree = kong::ParseJson(*patched), expected = kong::ParseJson(value);
  CHECK(tree && expected, "a patch makes what is no JSON, or of what is none");
  if (pointer.ends_with("/-")) return 0;  // Appended: the pointer names no place that is there.
  try {
    CHECK(tree->at(kong::Json::json_pointer(pointer)) == *expected,
          engine::Cat("another value than the patch's: ", *patched));
  } catch (const kong::Json::exception&) {
    CHECK(false, engine::Cat("nothing is where a patch put it: ", *patched));
  }
  return 0;
}
