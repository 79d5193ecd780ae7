// Raw Snappy blocks: how Kong's RPC compresses each message (its name for them, "framed", is
// wrong).
//
// Any thread. A block says its length in front; it is compared with the limit before anything is
// allocated.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace io {

std::string Snap(std::string_view text);
// DataLoss if the block is damaged, ResourceExhausted if its text is longer than the limit.
absl::StatusOr<std::string> Unsnap(std::string_view block, uint64_t max_bytes);

}  // namespace io
