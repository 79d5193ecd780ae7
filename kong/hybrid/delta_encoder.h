// Writes a patch as deltas of Kong's incremental sync: complete entities, in an order that is safe.
//
// A data plane of Kong 3.9 stores what it is given: it validates nothing, fills in nothing, and a
// route without `updated_at` kills its router for good. So each entity is completed by the schemas
// and stamped; what cannot be completed is a failure, and the caller decides. Deletions come before
// insertions, so that a unique name may move, and the default workspace comes first in a full sync.
//
// A router ignores a route whose `updated_at` is not new, so each batch with a route in it gets a
// later second than the last, if need be one that is to come. `created_at` decides between routes
// of equal rank; it is the same for all, as it is after a whole configuration was loaded.
// Pure but for the stamp; loop thread. Cost: a completion an upsert.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "kong/hybrid/rpc_message.h"
#include "kong/patch.h"
#include "kong/refused_entity.h"
#include "kong/schema_table.h"

namespace kong {

// What every data plane falls back to, so that it never changes.
inline constexpr std::string_view kDefaultWorkspace = "0dc6f45b-8f8d-40d2-a504-473544ee190b";

// Seconds that only grow: one for a version, so that a copy is determined by its version. One
// source for a process.
class StampSource {
 public:
  int64_t For(engine::Version version, absl::Time now);

 private:
  engine::Version version_ = 0;
  int64_t last_ = 0;
};

struct DeltaShape {
  uint64_t version = 0;  // As data planes know it.
  VersionSpelling spelling = VersionSpelling::kNumber;
  bool full = false;  // Everything, in place of what is there.
  int64_t stamp_s = 0;
};

struct Deltas {
  std::string result;  // {"default":{"deltas":[…],"wipe":false}}
  size_t count = 0;
  size_t entities = 0;                  // Without the workspace.
  std::vector<RefusedEntity> failures;  // Left out; without their class.
};

// An entity that cannot be completed is left out, and so is what refers to it in this patch.
Deltas EncodeDeltas(const Patch& patch, const SchemaTable& schemas, const DeltaShape& shape);

}  // namespace kong
