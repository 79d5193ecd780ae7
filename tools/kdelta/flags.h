// The flags of `kdelta run`: KIC's names, types and defaults, and a few of our own, from one table.
//
// Each flag can also be set by the environment, as CONTROLLER_ and its name in capitals with `_`
// for `-`; the command line wins. Everything is declared in flag_table.cc, and what is not there is
// an error. A flag of KIC that has no effect here yet is accepted, so that its manifests start, and
// is told once. Values are parsed as KIC's flag library parses them: durations as Go writes them
// ("1h30m", "1.5s"), lists repeated or separated by commas, truth values as 1, t, true, 0, f, false
// in any of Go's spellings.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/kdelta/feature_gates.h"

namespace kdelta {

enum class FlagType {
  kBool,
  kText,
  kInt,
  kNumber,
  kDuration,
  kList,
  kObject,   // NAMESPACE/NAME, or empty.
  kAddress,  // HOST:PORT or :PORT; "0" and "off": not at all.
  kGates,    // NAME=true,NAME=false; kept as its text.
};

enum class FlagState {
  kEffective,
  kNoEffect,    // Accepted so that KIC's manifests start; told once when it is set.
  kDeprecated,  // KIC itself no longer heeds it.
};

struct FlagSpec {
  std::string_view name;
  FlagType type;
  std::string_view initial;  // As a user would write it; empty: none.
  FlagState state;
  std::string_view group;         // Heading in the help.
  std::string_view help;          // One sentence; of a flag without effect, why that is.
  std::string_view choices = {};  // "a,b": nothing else is allowed.
};

std::span<const FlagSpec> RunFlags();
std::string EnvironmentName(const FlagSpec& flag);
std::string_view TypeText(FlagType type);  // "DURATION"; empty for a truth value.

using FlagValue =
    std::variant<bool, int64_t, double, absl::Duration, std::string, std::vector<std::string>>;

// One value per text that was given, in order; a list collects them, of anything else the last
// counts.
absl::StatusOr<FlagValue> ParseFlag(const FlagSpec& flag, std::span<const std::string> texts);

// All flags with their values. Asking for a name or type that the table does not have is a bug.
class Flags {
 public:
  // What the line gave for a flag (empty: nothing), and the environment's value of a variable.
  struct Given {
    absl::FunctionRef<std::vector<std::string>(std::string_view flag)> line;
    absl::FunctionRef<std::optional<std::string>(const std::string& variable)> environment;
  };
  // Errors name the flag or the variable, and join all that is wrong.
  static absl::StatusOr<Flags> Parse(const Given& given);

  bool given(std::string_view name) const;  // By line or environment.
  bool Bool(std::string_view name) const { return Get<bool>(name); }
  int64_t Int(std::string_view name) const { return Get<int64_t>(name); }
  double Number(std::string_view name) const { return Get<double>(name); }
  absl::Duration Duration(std::string_view name) const { return Get<absl::Duration>(name); }
  const std::string& Text(std::string_view name) const { return Get<std::string>(name); }
  const std::vector<std::string>& List(std::string_view name) const {
    return Get<std::vector<std::string>>(name);
  }
  const FeatureGates& gates() const { return gates_; }

  // What the user should be told about flags that were set: those without effect, those of no use.
  std::vector<std::string> Warnings() const;

 private:
  struct Held {
    FlagValue value;
    bool given = false;
  };
  template <class T>
  const T& Get(std::string_view name) const;
  const Held& Find(std::string_view name) const;
  absl::Status Check() const;  // What no flag can say alone.

  std::map<std::string, Held, std::less<>> held_;
  FeatureGates gates_;
};

// Adds every flag to `command`; after its line was parsed, the values with the process's
// environment.
void DeclareFlags(CLI::App& command);
// Only those that say how an Admin API is reached and what of it is meant, for other commands. The
// others then have their defaults, whatever the environment says.
void DeclareAdminFlags(CLI::App& command);
absl::StatusOr<Flags> ReadFlags(const CLI::App& command);

}  // namespace kdelta
