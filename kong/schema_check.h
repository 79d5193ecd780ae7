// What must hold between the fields of an entity, by its schema's checks.
//
// Judged on the completed entity, as Kong does. On trees: this is for what is about to leave, not
// for every row. Pure; any thread.
#pragma once

#include "absl/status/status.h"
#include "kong/json_tree.h"
#include "kong/schema_field.h"

namespace kong {

// The first check that fails, of the record or of a record in it.
absl::Status CheckRecord(const SchemaRecord& schema, const Json& row);

}  // namespace kong
