// Lua patterns, in which Kong's schemas write their rules, as RE2 expressions.
//
// Every construct that Kong's schemas use has an RE2 twin: classes (%d), sets, and the quantifiers
// * + ? and the lazy -. What has none (%b, %f, back references) makes Compile return null, and the
// caller lets the value pass: a simulator that cannot judge must not refuse. Any thread.
#pragma once

#include <memory>
#include <string_view>

#include "re2/re2.h"

namespace simulators {

std::unique_ptr<RE2> CompileLuaPattern(std::string_view pattern);
// Whether the pattern matches somewhere in `text`; true if the pattern has no twin.
bool MatchesLuaPattern(std::string_view text, std::string_view pattern);

}  // namespace simulators
