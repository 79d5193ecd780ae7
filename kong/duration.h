// Durations as the Gateway API writes them (GEP-2257): "1h30m", "500ms".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kong {

// Milliseconds; nullopt if it is none: up to four numbers of up to five digits, each with a unit.
std::optional<int64_t> DurationMs(std::string_view text);

}  // namespace kong
