#include "kong/duration.h"

#include "engine/text.h"

namespace kong {
namespace {

// Takes the unit off the front of `text`.
std::optional<int64_t> TakeUnitMs(std::string_view& text) {
  struct Unit {
    std::string_view name;
    int64_t ms;
  };
  constexpr Unit kUnits[] = {{"ms", 1}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}};
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit.ms;
  }
  return std::nullopt;
}

}  // namespace

std::optional<int64_t> DurationMs(std::string_view text) {
  if (text.empty()) return std::nullopt;
  int64_t total = 0;
  for (int parts = 0; !text.empty(); ++parts) {
    size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    if (digits == 0 || digits > 5 || parts == 4) return std::nullopt;
    int64_t number = *engine::ParseInt(text.substr(0, digits));
    text.remove_prefix(digits);
    std::optional<int64_t> unit = TakeUnitMs(text);
    if (!unit) return std::nullopt;
    total += number * *unit;
  }
  return total;
}

}  // namespace kong
