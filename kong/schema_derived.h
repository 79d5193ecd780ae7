// Fields that Kong computes from others when it stores an entity, where no schema says so.
//
// A basic-auth password is stored as a digest salted with its consumer, a CA certificate with its
// digest, a target with its port; choosing what an upstream hashes on chooses its algorithm. A data
// plane that is given deltas expects the results. Pure; any thread.
#pragma once

#include <simdjson.h>

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kong/schema_value.h"

namespace kong {

// Of an entity that stands in `array`.
absl::StatusOr<std::vector<DerivedField>> DerivedFields(std::string_view array,
                                                        simdjson::dom::object given);

// With its port, and IPv6 addresses written out and in brackets: as Kong stores a target.
std::string StoredTarget(std::string_view target);

}  // namespace kong
