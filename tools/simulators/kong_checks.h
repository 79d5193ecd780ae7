// What Kong checks in code and shows in no schema: tags, paths, regexes, hosts, PEM, match fields.
//
// One function a rule, found from Kong's recorded refusals and its documentation. Messages are
// Kong's where a recording shows them; those that Kong takes from its libraries (PCRE, OpenSSL)
// begin as Kong's do and end in our libraries' words. Where we cannot judge (a PCRE construct that
// RE2 lacks) the value passes. Any thread; no state.
#pragma once

#include <string>
#include <string_view>

#include "tools/simulators/json.h"
#include "tools/simulators/kong_schema.h"

namespace simulators {

bool IsUuid(std::string_view text);
std::string JudgeRegex(std::string_view pattern);  // Empty: valid, or beyond our judgement.
// `path` with Kong's normal form of percent-encoding, dot segments and slashes.
std::string NormalPath(std::string_view path);

// Adds what Kong's code finds wrong with a row that its schema accepts or not.
void CheckInCode(RouterFlavor flavor, std::string_view entity, const Json& row, Json& errors);

}  // namespace simulators
