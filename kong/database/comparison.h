// What must change so that a database that was read holds what it should.
//
// Rows and entities are matched by id first, and what is left by unique key: then the row is taken
// over under its own id, so nothing that works is removed to be made again. What matches nothing is
// to be removed. The result is what is held, and a change for each difference. Loop thread only;
// O(n log n) and a completion by schema for each row that was not known.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_set.h"
#include "kong/database/holdings.h"
#include "kong/patch.h"
#include "kong/schema_table.h"

namespace kong {

// A row as Kong shows it.
struct FoundRow {
  EntityKind kind{};
  EntityId id;
  std::string json;
};

// What is to be changed: the entity as it should be, or null if it should be gone.
using Pending = std::map<EntityKey, std::shared_ptr<const Entity>>;

struct ComparisonInput {
  const SchemaTable* schemas = nullptr;
  std::shared_ptr<const Patch> whole;  // From version 0.
  std::vector<FoundRow> rows;
  // What was written while the rows were read: what they say of it may be old.
  const absl::btree_set<EntityKey>* touched = nullptr;
};

// Updates `holdings` from what they were to what the rows show, and returns what differs.
Pending Compare(ComparisonInput input, Holdings& holdings);

// Digest of a row without the times; `created_at` is set.
uint64_t DigestOfRow(std::string_view plain_row);
int64_t CreatedAt(std::string_view row);

}  // namespace kong
