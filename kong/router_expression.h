// What Kong's router makes of a route: one expression, also of a route that has none.
//
// The flavour "traditional_compatible" is the same engine as the flavour "expressions": hosts,
// paths, headers, methods, SNIs and addresses become an expression, and a route is refused if that
// cannot be parsed. An expression that an author wrote gets the protocols of its route added. Pure;
// any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kong/expression.h"
#include "kong/json_tree.h"

namespace kong {

Expression::Schema SchemaOf(const Json& route);

// Of a route with an expression: that, and its protocols.
std::string WholeExpression(const Json& route);
// Of any other: its fields, with `paths` in place of its paths. Empty: it takes everything.
std::string TraditionalExpression(const Json& route, const std::vector<std::string_view>& paths);
// All its paths.
std::vector<std::string_view> PathsOf(const Json& route);

}  // namespace kong
