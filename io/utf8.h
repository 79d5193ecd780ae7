// Where UTF-8 is well formed, shared by the JSON writer and the YAML reader. Any thread; no state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace io {

// The length of the well-formed UTF-8 sequence at the start of `text` (1 to 4), or 0 if there is
// none: truncated, overlong, a surrogate, or beyond U+10FFFF.
size_t Utf8Length(std::string_view text);

// The offset of the first byte that is not part of well-formed UTF-8, or npos.
size_t FindInvalidUtf8(std::string_view text);

// Appends the code point, which must be a Unicode scalar value.
void AppendUtf8(std::string& out, char32_t code_point);

}  // namespace io
