// Whether a row of the database is what an entity of ours should be.
//
// What we want is completed by the schemas (schema_table.h) and then must be covered by the row:
// each member that we know equals the row's. Neutral differences do not count: null, missing and
// empty are one, 1 is 1.0, the order in a set, how an address is spelled, what Kong computes or
// makes up. Without a schema (a plugin that is not bundled) what we say ourselves must be covered.
// Pure; any thread. About 20 µs a row, for completing it.
#pragma once

#include <string_view>

#include "kong/entity.h"
#include "kong/schema_table.h"

namespace kong {

// `row` as PlainRow writes it. `schemas` may be null.
bool RowMatches(const SchemaTable* schemas, EntityKind kind, std::string_view fragment,
                std::string_view row);

}  // namespace kong
