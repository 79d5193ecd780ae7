#include "kong/rewrite.h"

#include "engine/text.h"

namespace kong {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The whole UTF-8 character that begins at `at`, for an error message.
std::string_view CharacterAt(std::string_view text, size_t at) {
  size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
  return text.substr(at, end - at);
}

}  // namespace

absl::StatusOr<std::string> RewriteTarget(std::string_view annotation) {
  if (annotation.empty()) return "/";
  std::string out;
  for (size_t i = 0; i < annotation.size(); ++i) {
    char c = annotation[i];
    if (c != '$' && c != '\\') {
      out += c;
      continue;
    }
    if (++i == annotation.size()) return engine::InvalidArgument("unexpected end of string");
    bool wanted = c == '$' ? IsDigit(annotation[i]) : annotation[i] == '$';
    if (!wanted)
      return engine::InvalidArgument("unexpected ", CharacterAt(annotation, i), " at pos ", i);
    if (c == '\\') {
      out += '$';
      continue;
    }
    size_t end = annotation.find_first_not_of("0123456789", i);
    std::string_view number = annotation.substr(i, end == std::string_view::npos ? end : end - i);
    out += engine::Cat("$(uri_captures[", number, "])");
    i += number.size() - 1;
  }
  return out;
}

}  // namespace kong
