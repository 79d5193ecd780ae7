// Gzip (RFC 1952) of whole texts: a payload is compressed once and shared by all who get it.
//
// Any thread. Time and memory are linear in the bytes in and out; what comes from a peer is
// inflated only up to a limit, so that a bomb is an error and not a gigabyte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace io {

std::string Gzip(std::string_view text, int level = 6);
// The text of exactly one gzip member; DataLoss if it is damaged or cut, ResourceExhausted if it
// is longer than the limit.
absl::StatusOr<std::string> Gunzip(std::string_view member, uint64_t max_bytes);

}  // namespace io
