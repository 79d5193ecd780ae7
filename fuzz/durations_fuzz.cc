// Oracle: a duration is none, or the sum of its parts, which a model computes.
#include <cctype>
#include <optional>

#include "engine/assert.h"
#include "fuzz/bytes.h"
#include "kong/duration.h"

namespace {

// GEP-2257: ^([0-9]{1,5}(h|m|s|ms)){1,4}$
std::optional<int64_t> Model(std::string_view text) {
  int64_t sum = 0;
  int parts = 0;
  while (!text.empty()) {
    int64_t number = 0;
    size_t digits = 0;
    while (digits < text.size() && std::isdigit(static_cast<unsigned char>(text[digits])))
      number = number * 10 + (text[digits++] - '0') % 10, number %= 1'000'000;
    if (digits == 0 || digits > 5 || ++parts > 4) return std::nullopt;
    text.remove_prefix(digits);
    const bool ms = text.starts_with("ms");
    const size_t unit = std::string_view("hms").find(text.empty() ? '?' : text[0]);
    if (unit == std::string_view::npos) return std::nullopt;
    sum += number * (ms ? 1 : unit == 0 ? 3'600'000 : unit == 1 ? 60'000 : 1'000);
    text.remove_prefix(ms ? 2 : 1);
  }
  return parts == 0 ? std::nullopt : std::optional(sum);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::TextOf(data, size);
  CHECK(kong::DurationMs(text) == Model(text), "a duration is not the sum of its parts");
  return 0;
}
