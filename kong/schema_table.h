// What Kong's schemas know of an entity: fields, types, defaults, limits.
//
// Kong fills in defaults when it loads a declarative configuration or takes an Admin API call; a
// data plane of the incremental protocol fills in nothing, and what it is given is stored as it is.
// So whoever compares with a database, or sends deltas, completes a fragment first. Immutable after
// loading; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kong/entity.h"

namespace kong {

class SchemaTable {
 public:
  // The open-source edition of Kong 3.9: core entities and bundled plugins.
  static const SchemaTable& Bundled();
  // A bundle that `kdelta schemas` wrote.
  static absl::StatusOr<std::shared_ptr<const SchemaTable>> Parse(std::string_view bundle);

  virtual ~SchemaTable() = default;
  virtual bool KnowsPlugin(std::string_view name) const = 0;
  // The entity as Kong stores it: every field of its schema with its default or an explicit null,
  // members in alphabetical order, sets sorted, foreign keys as {"id": …}, derived fields (hashed
  // basic-auth passwords, cert_digest, …) included; without ws_id, created_at and updated_at, which
  // belong to who stores it. What has another type than its field, is beyond its limits or unknown
  // to the schema is an error. It names the field and the remedy and shows no value.
  virtual absl::StatusOr<std::string> Complete(EntityKind kind,
                                               std::string_view fragment) const = 0;
  // The same by the array of a declarative document in which the entity stands: what a custom
  // entity is, its kind does not say.
  virtual absl::StatusOr<std::string> CompleteIn(std::string_view array,
                                                 std::string_view fragment) const;
  // Of an entity that a Kong already stores, as its Admin API shows it: in the same form as
  // Complete, so that the two compare as bytes. Nothing is derived again, nothing is judged, and
  // what the schema does not know is left out.
  virtual absl::StatusOr<std::string> Stored(std::string_view array,
                                             std::string_view fragment) const;
  // All that Kong would check of this one entity before it takes it: what Complete judges, what
  // must hold between its fields, and what only Kong's code knows (validity.h). For what must not
  // fail on the other side; some tens of microseconds.
  virtual absl::Status Validate(EntityKind kind, std::string_view fragment) const;
};

}  // namespace kong
