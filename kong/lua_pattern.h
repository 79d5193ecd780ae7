// Lua patterns, in which Kong's schemas write their rules, as RE2 expressions.
//
// Classes (%d), sets, anchors, captures and the quantifiers * + ? and the lazy - have twins; %b, %f
// and back references have none, and then nothing is judged. Pure; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace kong {

// An expression that finds what `pattern` finds; nullopt if there is none.
std::optional<std::string> Re2OfLuaPattern(std::string_view pattern);

// The same, compiled: on bytes, as Lua sees text. Null if there is none.
std::shared_ptr<const re2::RE2> CompileLuaPattern(std::string_view pattern);

}  // namespace kong
