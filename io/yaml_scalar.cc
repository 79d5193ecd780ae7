#include "io/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "engine/text.h"
#include "io/json_writer.h"

namespace io {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The word in the three spellings that count: lower, Capitalised, UPPER.
bool IsWord(std::string_view text, std::string_view word) {
  if (!engine::EqualIgnoringCase(text, word)) return false;
  const std::string tail(word.substr(1));
  return text.substr(1) == tail || text == engine::Upper(word);
}

template <size_t N>
bool IsOneOf(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(),
                     [text](std::string_view word) { return IsWord(text, word); });
}

constexpr std::array<std::string_view, 4> kTrue = {"true", "yes", "on", "y"};
constexpr std::array<std::string_view, 4> kFalse = {"false", "no", "off", "n"};

bool IsNotFinite(std::string_view text) {
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return true;
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return text == ".inf" || text == ".Inf" || text == ".INF";
}

int TakeBase(std::string_view& digits) {
  if (digits.size() < 2 || digits[0] != '0') return 10;
  const char mark = digits[1];
  const int base = mark == 'x' || mark == 'X' ? 16 : mark == 'b' || mark == 'B' ? 2 : 8;
  digits.remove_prefix(base == 8 && mark != 'o' && mark != 'O' ? 1 : 2);
  return base;
}

// An integer of 64 bits as Go's strconv reads it with base 0.
std::optional<std::string> Integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const int base = TakeBase(text);
  uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (negative && size > uint64_t{1} << 63) return std::nullopt;
  return engine::Cat(negative && size != 0 ? "-" : "", size);
}

// [-+]? ( .digits | digits [ . digits? ] ) [ e [-+]? digits ]
bool IsFloat(std::string_view text) {
  const auto skip_digits = [&text] {
    const size_t n =
        static_cast<size_t>(std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin());
    text.remove_prefix(n);
    return n > 0;
  };
  const auto skip_one_of = [&text](std::string_view characters) {
    const bool there = !text.empty() && characters.find(text.front()) != std::string_view::npos;
    if (there) text.remove_prefix(1);
    return there;
  };
  skip_one_of("+-");
  const bool whole = skip_digits();
  const bool part = skip_one_of(".") && skip_digits();
  if (!whole && !part) return false;
  if (skip_one_of("eE")) {
    skip_one_of("+-");
    if (!skip_digits()) return false;
  }
  return text.empty();
}

YamlScalar Number(std::string_view text) {
  std::string plain(text);
  std::erase(plain, '_');
  if (std::optional<std::string> integer = Integer(plain))
    return {YamlType::kInt, *std::move(integer)};
  if (!IsFloat(plain)) return {};
  const std::string_view digits = std::string_view(plain).substr(plain.starts_with('+') ? 1 : 0);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc()) return {};  // Out of range: Go leaves it a string.
  YamlScalar scalar{YamlType::kFloat, {}};
  // A negative zero is zero, as it is for integers: else it would change when it is written and
  // read.
  AppendJsonDouble(scalar.json, value == 0 ? 0 : value);
  return scalar;
}

// Digits with what else stands in numbers, times and dates: some reader has a type for it. Two dots
// without a colon are a version or an address, and those no reader touches.
bool LooksLikeNumberOrTime(std::string_view text) {
  if (!IsDigit(text.front()) &&
      std::string_view("+-.").find(text.front()) == std::string_view::npos) {
    return false;
  }
  if (text.find_first_not_of("0123456789abcdefABCDEFxXoOtTzZ_:.+- ") != std::string_view::npos)
    return false;
  const auto dots = std::count(text.begin(), text.end(), '.');
  return dots < 2 || text.find(':') != std::string_view::npos;
}

}  // namespace

YamlScalar ResolveYamlScalar(std::string_view text) {
  if (text.empty() || text == "~" || IsWord(text, "null")) return {YamlType::kNull, "null"};
  if (IsOneOf(text, kTrue)) return {YamlType::kBool, "true"};
  if (IsOneOf(text, kFalse)) return {YamlType::kBool, "false"};
  if (IsNotFinite(text)) return {YamlType::kNotFinite, {}};
  const char first = text.front();
  if (!IsDigit(first) && first != '+' && first != '-' && first != '.') return {};
  return Number(text);
}

bool IsPlainYamlString(std::string_view text) {
  constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`=<~";
  if (text.empty() || kIndicators.find(text.front()) != std::string_view::npos) return false;
  if (text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  for (const char c : text) {
    if (c < 0x20 || c > 0x7E) return false;
  }
  if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos)
    return false;
  // At the start of a line this would end the document.
  if (text.starts_with("...") || LooksLikeNumberOrTime(text)) return false;
  return ResolveYamlScalar(text).type == YamlType::kString;
}

}  // namespace io
