// A whole configuration as one message of Kong's first hybrid protocol.
//
// The payload of a class, with a hash for each section that a data plane keeps something built of:
// a data plane rebuilds its router, plugin iterator and balancers only if their hash changed, so a
// change of endpoints leaves the first two alone. The hashes are ours; Kong compares their text
// only. Written and compressed once and shared by all data planes of the class. Immutable; any
// thread. Cost: a digest and a compression of the payload.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kong/payload.h"
#include "kong/refused_entity.h"

namespace kong {

struct FullPush {
  std::shared_ptr<const Payload> payload;
  std::shared_ptr<const std::string> frame;  // Gzip.
  std::set<std::string> plugins;             // Names of those in use.
};

std::shared_ptr<const FullPush> MakeFullPush(std::shared_ptr<const Payload> payload,
                                             absl::Time now);

// The message before it is compressed.
std::string ReconfigureMessage(const Payload& payload, absl::Time now);

// What a data plane says first, and what it says of a payload that it refuses.
struct DataPlaneMessage {
  enum class Kind { kBasic, kError, kOther };
  Kind kind = Kind::kOther;
  std::string router_flavor;
  std::set<std::string> plugins;
  std::map<std::string, std::string> labels;
  uint64_t max_payload_bytes = 0;  // 0: not said.
  std::string config_hash, text;   // kError
  std::string error;               // kError: what ReadRefusal reads.
};
absl::StatusOr<DataPlaneMessage> ReadDataPlaneMessage(std::string_view json);

// The entities that this error names, as rows of their class.
std::vector<RefusedEntity> RefusedBy(const Payload& payload, std::string_view error);

}  // namespace kong
