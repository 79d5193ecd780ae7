// What Kong checks in code (kong/validity.h), in the shape of its answers: an error tree.
#pragma once

#include <string_view>

#include "tools/simulators/json.h"
#include "tools/simulators/kong_schema.h"

namespace simulators {

// Adds what Kong's code finds wrong with a row that its schema accepts or not.
void CheckInCode(RouterFlavor flavor, std::string_view entity, const Json& row, Json& errors);

}  // namespace simulators
