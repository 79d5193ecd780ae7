// JSON as trees, where a tree is needed: nlohmann's type behind functions that never throw.
//
// Whoever judges what goes to Kong, or plays Kong, works on whole trees and is on no hot path.
// Reading is by type and returns empty on a mismatch, because a tree may come from anywhere. Any
// thread; no state.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nlohmann/json.hpp"

namespace kong {

using Json = nlohmann::json;

// Nullopt if `text` is not JSON or nests deeper than `max_depth`.
std::optional<Json> ParseJson(std::string_view text, int max_depth = 1000);
std::string DumpJson(const Json& tree);  // No white space; bad UTF-8 becomes U+FFFD.

const Json& At(const Json& tree, std::string_view member);  // Null if absent or not an object.
std::string_view TextAt(const Json& tree, std::string_view member);  // Empty unless a string.
std::string_view Text(const Json& value);                            // Empty unless a string.
bool IsSet(const Json& tree, std::string_view member);               // There and not null.
// The value at a dotted path of members.
const Json& AtPath(const Json& tree, std::string_view dotted);
bool Allows(const Json& array, const Json& value);  // An array that holds `value`.

}  // namespace kong
