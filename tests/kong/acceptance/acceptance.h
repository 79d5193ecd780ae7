// Would a Kong take what the graph says? Schemas, checks in code, names and references, all at
// once.
//
// Two judges. `kKong` knows what a real Kong 3.9.3 knows if its schemas lie beside the checkout.
// `kCore` knows the core entities and nothing of plugins' configurations and custom entities, which
// authors write and only a Kong can judge: it serves random worlds, where these are nonsense.
// Single thread.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "engine/table.h"
#include "kong/entity.h"
#include "tools/simulators/kong_schema.h"

namespace kong {

struct Verdict {
  absl::Status status;              // Names what is wrong.
  std::vector<ObjectRef> culprits;  // Whose entities have errors of their own.
};

class Acceptance {
 public:
  enum class Judge { kKong, kCore };
  Acceptance(Judge judge, bool expressions);

  // Of the configuration that these entities are, for an open-source Kong 3.9.
  Verdict Of(const engine::Table<Entity>& entities) const;

 private:
  Judge judge_;
  bool expressions_;
  std::unique_ptr<simulators::KongSchemas> schemas_;
};

}  // namespace kong
