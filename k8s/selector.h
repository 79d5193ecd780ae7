// meta/v1 LabelSelector: which objects are meant, by their labels.
//
// An empty selector selects everything, as for Kubernetes; requirements are all of them met. One
// that the API server would refuse (an operator that is unknown, In without values, a value that
// no label can have) selects nothing. Text() is canonical, and two selectors of one text are the
// same, so rules group by it. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "engine/symbol.h"
#include "k8s/object_meta.h"

namespace k8s {

struct LabelRequirement {
  enum class Operator : uint8_t { kIn, kNotIn, kExists, kDoesNotExist, kInvalid };
  engine::Symbol key;
  Operator is = Operator::kInvalid;
  std::vector<std::string> values;  // Sorted.
  auto fields() const { return std::tie(key, is, values); }
};

struct LabelSelector {
  std::vector<LabelRequirement> requirements;  // Sorted by text; `matchLabels` become kIn.
  bool valid = true;                           // Otherwise without requirements.

  bool Selects(const TextMap& labels) const;
  std::string Text() const;  // "env in (a,b),!old"; empty for an empty one.
  auto fields() const { return std::tie(requirements, valid); }
};

}  // namespace k8s
