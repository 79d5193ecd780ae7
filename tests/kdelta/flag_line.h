// Flags as if they stood on a command line and in an environment.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/kdelta/flags.h"

namespace kdelta {

// What a flag was given: a value, or several.
struct Given {
  Given() = default;
  Given(const char* value) : values{value} {}
  Given(std::string value) : values{std::move(value)} {}
  Given(std::initializer_list<std::string> all) : values(all) {}
  std::vector<std::string> values;
};
using Line = std::map<std::string, Given, std::less<>>;
using Environment = std::map<std::string, std::string>;

inline absl::StatusOr<Flags> ParseFlags(const Line& line, const Environment& environment = {}) {
  return Flags::Parse({
      .line =
          [&](std::string_view flag) {
            const auto found = line.find(flag);
            return found == line.end() ? std::vector<std::string>() : found->second.values;
          },
      .environment = [&](const std::string& variable) -> std::optional<std::string> {
        const auto found = environment.find(variable);
        if (found == environment.end()) return std::nullopt;
        return found->second;
      },
  });
}

}  // namespace kdelta
