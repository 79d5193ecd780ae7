// What Kong takes as names and paths in an upstream. Pure.
#pragma once

#include <algorithm>
#include <string_view>

namespace kong {

// The name of a header or cookie.
inline bool IsToken(std::string_view text) {
  auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), good);
}

inline bool IsPlainPath(std::string_view text) {
  return text.starts_with('/') && text.find("//") == std::string_view::npos;
}

}  // namespace kong
