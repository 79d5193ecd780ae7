// Text in std::string_view, text out std::string: the bridge to Debian 12's Abseil, whose
// string_view is a class of its own and does not convert to or from the standard one. Any thread;
// no state.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace engine {

inline void Append(std::string& out, std::string_view part) { out += part; }
inline void Append(std::string& out, char part) { out += part; }
template <class T>
  requires(std::integral<T> && !std::same_as<T, char> && !std::same_as<T, bool>)
void Append(std::string& out, T part) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, part).ptr);
}

// Joins text, characters and integers: Cat("port ", 80, " not found").
template <class... Parts>
std::string Cat(const Parts&... parts) {
  std::string out;
  (Append(out, parts), ...);
  return out;
}

inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view FromAbsl(absl::string_view text) { return {text.data(), text.size()}; }
inline std::string_view MessageOf(const absl::Status& status) { return FromAbsl(status.message()); }

template <class... Parts>
absl::Status InvalidArgument(const Parts&... parts) {
  return absl::InvalidArgumentError(ToAbsl(Cat(parts...)));
}
template <class... Parts>
absl::Status NotFound(const Parts&... parts) {
  return absl::NotFoundError(ToAbsl(Cat(parts...)));
}
template <class... Parts>
absl::Status Unavailable(const Parts&... parts) {
  return absl::UnavailableError(ToAbsl(Cat(parts...)));
}
template <class... Parts>
absl::Status Internal(const Parts&... parts) {
  return absl::InternalError(ToAbsl(Cat(parts...)));
}
// The same error with `context: ` before its message.
absl::Status Annotate(const absl::Status& status, std::string_view context);

std::string_view Trim(std::string_view text);  // ASCII white space at both ends.
std::string Lower(std::string_view text);      // ASCII letters only.
std::string Upper(std::string_view text);
bool EqualIgnoringCase(std::string_view a, std::string_view b);
std::vector<std::string_view> Split(std::string_view text, char separator);  // Keeps empty parts.
// A whole decimal integer with an optional sign, nothing else; nullopt also on overflow.
std::optional<int64_t> ParseInt(std::string_view text);
std::string Hex(std::string_view bytes);  // Lower case.

}  // namespace engine
