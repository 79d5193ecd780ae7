// Hosts of listeners and routes: which of them meet, and on which names.
//
// A host is a name, or "*." and a name, which stands for every name that ends so and has at least
// one label more; the empty one stands for all. Pure functions; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "engine/symbol.h"

namespace kong {

// Is every name of `host` one of `pattern`? "*.example.com" covers "a.b.example.com" and
// "*.b.example.com", and not "example.com".
bool Covers(std::string_view pattern, std::string_view host);

// What two hosts have in common: the narrower one, if the other covers it.
std::optional<engine::Symbol> Intersection(engine::Symbol a, engine::Symbol b);

}  // namespace kong
