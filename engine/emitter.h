// What one evaluation says: rows for any of its rule's tables, each with the rank of its claim.
#pragma once

#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/claims.h"
#include "engine/row_type.h"

namespace engine {

struct Said {
  uint32_t table;  // Position among the rule's tables.
  Claims::Claim claim;
};

// One evaluation may say a key twice: its best claim counts, the first of equals.
template <Row... Outs>
class Emitter {
 public:
  explicit Emitter(std::vector<Said>& said) : said_(said) {}
  template <Row R>
    requires(std::is_same_v<R, Outs> || ...)
  void Emit(R row, const Rank& rank = {}) {
    if constexpr (requires { row.Pack(); }) row.Pack();
    Fingerprint fingerprint = FingerprintOf(row);
    said_.push_back({PositionOf<R>(), {AnyRow::Of(std::move(row)), fingerprint, rank}});
  }

 private:
  template <class R>
  static consteval uint32_t PositionOf() {
    uint32_t i = 0, found = 0;
    ((std::is_same_v<R, Outs> ? (found = i++) : i++), ...);
    return found;
  }
  std::vector<Said>& said_;
};

}  // namespace engine
