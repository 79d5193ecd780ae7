// Oracle: whatever the pattern, it is translated or refused, and a translation compiles; a text
// whose every byte is escaped as Lua escapes it is found in exactly what contains it. Input: a line
// with the pattern, then the text.
#include <cctype>
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "kong/lua_pattern.h"
#include "re2/re2.h"

namespace {

bool Finds(const RE2& pattern, std::string_view text) {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Bytes bytes(data, size);
  const std::string pattern(bytes.Line()), text(bytes.rest());
  if (kong::Re2OfLuaPattern(pattern)) kong::CompileLuaPattern(pattern);
  std::string escaped;
  for (const char c : pattern) {
    if (c == '\0') return 0;
    if (std::ispunct(static_cast<unsigned char>(c))) escaped += '%';
    escaped += c;
  }
  const auto literal = kong::CompileLuaPattern(escaped);
  if (!literal) return 0;
  CHECK(Finds(*literal, engine::Cat(text, pattern)), "a literal is not found in itself");
  CHECK(Finds(*literal, text) == (text.find(pattern) != std::string::npos),
        engine::Cat("a literal is found where it is not: ", escaped));
  return 0;
}
