// What an entity's JSON says that matters across entities: its unique key, whom it refers to, how
// deep it is nested.
//
// Kong checks these across the whole configuration, and its flattened answer loses what it finds
// (kong/README.md); so they are read here, once for each fragment that changed, in about a
// microsecond. References are ids; a name stands for the id that Kong derives from it. A reader is
// cheap, reuses its buffers and belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "kong/entity.h"

namespace kong {

inline constexpr int kFragmentDepthMax = 100;  // Kong's JSON reader gives up at 1,000.

// Identifies a fragment's bytes inside this process.
uint64_t FragmentFingerprint(std::string_view json);

struct FragmentFacts {
  bool readable = true;    // One JSON object.
  bool too_deep = false;   // Nested deeper than kFragmentDepthMax.
  std::string unique_key;  // Kong's endpoint key or cache key; empty where it has none.
  absl::InlinedVector<EntityKey, 2> references;
};

class FragmentReader {
 public:
  FragmentReader();
  FragmentReader(FragmentReader&&) noexcept;
  FragmentReader& operator=(FragmentReader&&) noexcept;
  ~FragmentReader();
  // Valid until the next call.
  const FragmentFacts& Read(EntityKind kind, std::string_view json);

 private:
  struct Parser;
  bool ReadMembers(EntityKind kind);
  std::unique_ptr<Parser> parser_;
  FragmentFacts facts_;
};

}  // namespace kong
