// Regular expressions of the references, compiled once: few are asked for a million times.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "engine/assert.h"
#include "re2/re2.h"

namespace kong {

inline bool RegexHolds(std::string_view text, const std::string& regex) {
  thread_local absl::flat_hash_map<std::string, std::unique_ptr<RE2>> compiled;
  std::unique_ptr<RE2>& at = compiled[regex];
  if (!at) at = std::make_unique<RE2>(regex);
  CHECK(at->ok(), regex);
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *at);
}

}  // namespace kong
