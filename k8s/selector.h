// meta/v1 LabelSelector: which objects are meant, by their labels.
//
// An empty selector selects everything, as for Kubernetes; requirements are all of them met. A
// requirement that the API server would refuse (an operator that is unknown, In without values)
// selects nothing. Text() is canonical: selectors of one meaning in another order have one text, by
// which rules group. Plain values.
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

  bool valid() const;
  bool Selects(const TextMap& labels) const;
  std::string Text() const;  // "env in (a,b),!old"; empty for an empty one.
  auto fields() const { return std::tie(requirements); }
};

}  // namespace k8s
