// A whole configuration as rows: what a declarative document says, and what of two of them differs.
//
// For people and pipelines (`kdelta diff`, `kdelta dump`), on no hot path. Documents may be nested
// or flat; every row gets an id, the one that Kong would derive or one made of its content. Two
// configurations are compared by natural keys (a route's name, a target's upstream and address), as
// ids of a database are its own, and after both were completed (schema_table.h), so that a default
// that is said and one that is not are equal. Pure functions; any thread. O(n log n).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kong/schema_table.h"

namespace kong {

struct ConfigurationRow {
  std::string array;  // "routes"
  std::string id;
  std::string json;    // Flat: references are ids.
  std::string object;  // "Ingress shop/cart", of which it was made; empty: its tags say.
  bool secret = false;
};

struct Configuration {
  std::vector<ConfigurationRow> rows;
  bool stored = false;  // As a Kong stores it: nothing must be derived again.
};

absl::StatusOr<Configuration> ReadConfiguration(std::string_view json);
// Flat, sections in alphabetical order. What is stored says `_transform: false`, so that a Kong
// that loads it does not hash a second time.
std::string WriteConfiguration(const Configuration& configuration);

enum class ChangeKind { kCreated, kUpdated, kDeleted };

struct FieldChange {
  std::string path;           // "healthchecks.active.timeout"
  std::string before, after;  // JSON; a secret is "<redacted>".
};

struct Change {
  ChangeKind kind{};
  std::string array, id, name;
  std::string object;               // Empty: of no object of Kubernetes.
  std::string parent;               // The id in whose list the Admin API keeps it, if it does.
  std::vector<FieldChange> fields;  // Of an update.
  std::string json;                 // What it shall be, or was; without secrets.
};

struct ConfigurationDiff {
  std::vector<Change> changes;     // Parents first; deletions last, and children first.
  std::vector<std::string> notes;  // What could not be completed, and was compared as it is.
  size_t Count(ChangeKind kind) const;
};

ConfigurationDiff Compare(const Configuration& from, const Configuration& to,
                          const SchemaTable& schemas);

}  // namespace kong
