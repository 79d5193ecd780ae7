#include "io/utf8.h"

#include <cstdint>

namespace io {
namespace {

uint8_t At(std::string_view text, size_t i) { return static_cast<uint8_t>(text[i]); }

bool Continues(std::string_view text, size_t from, size_t length) {
  if (text.size() < length) return false;
  for (size_t i = from; i < length; ++i) {
    if ((At(text, i) & 0xC0) != 0x80) return false;
  }
  return true;
}

}  // namespace

// Table 3-7 of the Unicode standard: only the second byte has limits that depend on the first.
size_t Utf8Length(std::string_view text) {
  if (text.empty()) return 0;
  const uint8_t lead = At(text, 0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return Continues(text, 1, 2) ? 2 : 0;
  const size_t length = lead < 0xF0 ? 3 : 4;
  if (!Continues(text, 1, length)) return 0;
  const uint8_t second = At(text, 1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return 0;
  if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return 0;
  return length;
}

size_t FindInvalidUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t length = At(text, i) < 0x80 ? 1 : Utf8Length(text.substr(i));
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

void AppendUtf8(std::string& out, char32_t code_point) {
  const auto continuation = [&](int shift) {
    out += static_cast<char>(0x80 | ((code_point >> shift) & 0x3F));
  };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xC0 | (code_point >> 6));
    continuation(0);
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xE0 | (code_point >> 12));
    continuation(6);
    continuation(0);
  } else {
    out += static_cast<char>(0xF0 | (code_point >> 18));
    continuation(12);
    continuation(6);
    continuation(0);
  }
}

}  // namespace io
