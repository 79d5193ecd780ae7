// Oracle: any bytes written as a JSON string are what a second parser reads back, with U+FFFD where
// they are no UTF-8; and both agree on what UTF-8 is.
#include <string>

#include "engine/assert.h"
#include "fuzz/bytes.h"
#include "io/json_scanner.h"
#include "io/json_writer.h"
#include "io/utf8.h"
#include "nlohmann/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(fuzz::TextOf(data, size));
  std::string json;
  io::AppendJsonString(json, text);
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  CHECK(parsed.is_string(), "what was written is no JSON string");
  const std::string again = parsed.get<std::string>();
  CHECK(io::DecodeJsonString(json) == again, "two parsers read two texts");
  const bool valid = io::FindInvalidUtf8(text) == std::string::npos;
  CHECK(valid == (again == text), "UTF-8 was changed, or what is none was kept");
  CHECK(json.find('\n') == std::string::npos && json.find('\0') == std::string::npos,
        "a control character was not escaped");
  return 0;
}
