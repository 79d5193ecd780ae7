// Oracle: what a second parser takes for JSON the scanner takes too, and strings decode to the same
// text in both.
#include <string>

#include "engine/assert.h"
#include "fuzz/bytes.h"
#include "io/json_scanner.h"
#include "io/utf8.h"
#include "nlohmann/json.hpp"

namespace {

using Token = io::JsonScanner::Token;

bool Scans(std::string_view text) {
  io::JsonScanner scanner(text, 100);
  while (true) {
    const Token token = scanner.Next();
    if (token == Token::kBad) return false;
    if (token == Token::kString || token == Token::kKey) {
      const auto again = nlohmann::json::parse(scanner.text(), nullptr, false);
      if (again.is_string())
        CHECK(again.get<std::string>() == io::DecodeJsonString(scanner.text()),
              "a string has two meanings");
    }
    if (token == Token::kEnd)
      return scanner.rest().find_first_not_of(" \t\r\n") == std::string_view::npos;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::TextOf(data, size);
  if (io::FindInvalidUtf8(text) != std::string_view::npos || text.starts_with("\xEF\xBB\xBF"))
    return 0;
  if (text.find('\0') != std::string_view::npos) return 0;  // There the second parser ends.
  const bool scans = Scans(text);
  int depth = 0, deepest = 0;
  for (const char c : text) {
    depth += c == '{' || c == '[' ? 1 : 0;
    deepest = std::max(deepest, depth);
  }
  if (deepest < 100 && nlohmann::json::accept(text)) CHECK(scans, "JSON was not recognised");
  return 0;
}
