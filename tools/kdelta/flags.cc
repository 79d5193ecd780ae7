#include "tools/kdelta/flags.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <set>
#include <utility>

#include "engine/assert.h"
#include "engine/status_macros.h"
#include "engine/text.h"
#include "tools/kdelta/command_line.h"

namespace kdelta {
namespace {

using engine::Cat;
using engine::InvalidArgument;

constexpr int64_t kMaxPort = 65535;

std::optional<bool> ParseBool(std::string_view text) {
  for (std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

std::optional<double> ParseNumber(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || end != text.c_str() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::optional<absl::Duration> ParseDuration(const std::string& text) {
  absl::Duration value;
  if (!absl::ParseDuration(text, &value)) return std::nullopt;
  if (value == absl::InfiniteDuration() || value == -absl::InfiniteDuration()) return std::nullopt;
  return value;
}

// One line of comma-separated values; a value in double quotes may hold commas.
void SplitList(std::string_view text, std::vector<std::string>& out) {
  if (text.empty()) return;
  std::string part;
  bool quoted = false;
  for (char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      out.push_back(std::exchange(part, {}));
    } else {
      part += c;
    }
  }
  out.push_back(std::move(part));
}

bool IsObjectName(std::string_view text) {
  const auto parts = engine::Split(text, '/');
  return parts.size() == 2 && !parts[0].empty() && !parts[1].empty();
}

bool IsAddress(std::string_view text) {
  if (text == "0" || text == "off") return true;
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  const auto port = engine::ParseInt(text.substr(colon + 1));
  return port && *port >= 0 && *port <= kMaxPort;
}

absl::StatusOr<FlagValue> ParseOne(const FlagSpec& flag, const std::string& text) {
  const auto expected = [&](std::string_view what) {
    return InvalidArgument("\"", text, "\" is not ", what);
  };
  switch (flag.type) {
    case FlagType::kBool:
      if (auto value = ParseBool(text)) return *value;
      return expected("true or false");
    case FlagType::kInt:
      if (auto value = engine::ParseInt(text)) return *value;
      return expected("an integer");
    case FlagType::kNumber:
      if (auto value = ParseNumber(text); value && *value >= 0) return *value;
      return expected("a number of at least 0");
    case FlagType::kDuration:
      if (auto value = ParseDuration(text); value && *value >= absl::ZeroDuration()) return *value;
      return expected("a duration such as 1h30m, 10s or 1.5s");
    case FlagType::kObject:
      if (text.empty() || IsObjectName(text)) return text;
      return expected("of the form NAMESPACE/NAME");
    case FlagType::kAddress:
      if (IsAddress(text)) return text;
      return expected("of the form HOST:PORT or :PORT");
    case FlagType::kGates:
      if (auto gates = ParseFeatureGates(text); !gates.ok()) return gates.status();
      break;
    case FlagType::kText:
      break;
    case FlagType::kList:
      CHECK(false, "a list is parsed as a whole");
  }
  if (!text.empty() && !flag.choices.empty()) {
    const auto choices = engine::Split(flag.choices, ',');
    if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
      return expected(Cat("one of ", flag.choices));
    }
  }
  return text;
}

std::string HelpOf(const FlagSpec& flag) {
  std::string help;
  if (flag.state == FlagState::kNoEffect) help = "No effect yet. ";
  if (flag.state == FlagState::kDeprecated) help = "Deprecated. ";
  help += flag.help;
  if (!flag.choices.empty()) help += Cat(" One of ", flag.choices, ".");
  const bool tells =
      !flag.initial.empty() && !(flag.type == FlagType::kBool && flag.initial == "false");
  if (tells) help += Cat(" [", flag.initial, "]");
  return help;
}

}  // namespace

std::string EnvironmentName(const FlagSpec& flag) {
  std::string name = Cat("CONTROLLER_", engine::Upper(flag.name));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::string_view TypeText(FlagType type) {
  switch (type) {
    case FlagType::kBool:
      return "";
    case FlagType::kText:
      return "TEXT";
    case FlagType::kInt:
      return "INTEGER";
    case FlagType::kNumber:
      return "NUMBER";
    case FlagType::kDuration:
      return "DURATION";
    case FlagType::kList:
      return "TEXT,...";
    case FlagType::kObject:
      return "NAMESPACE/NAME";
    case FlagType::kAddress:
      return "HOST:PORT";
    case FlagType::kGates:
      return "NAME=BOOL,...";
  }
  return "";
}

absl::StatusOr<FlagValue> ParseFlag(const FlagSpec& flag, std::span<const std::string> texts) {
  if (flag.type != FlagType::kList) {
    return ParseOne(flag, texts.empty() ? std::string() : texts.back());
  }
  std::vector<std::string> all;
  for (const std::string& text : texts) SplitList(text, all);
  return all;
}

absl::StatusOr<Flags> Flags::Parse(const Given& given) {
  Flags flags;
  std::string wrong;
  const auto complain = [&](std::string_view where, const absl::Status& status) {
    if (!wrong.empty()) wrong += "; ";
    wrong += Cat(where, ": ", engine::MessageOf(status));
  };
  for (const FlagSpec& flag : RunFlags()) {
    std::string where = Cat("--", flag.name);
    std::vector<std::string> texts = given.line(flag.name);
    if (texts.empty()) {
      if (auto text = given.environment(EnvironmentName(flag))) {
        where = EnvironmentName(flag);
        texts.push_back(*std::move(text));
      }
    }
    const bool was_given = !texts.empty();
    if (!was_given) texts.emplace_back(flag.initial);
    absl::StatusOr<FlagValue> value = ParseFlag(flag, texts);
    if (!value.ok()) {
      complain(where, value.status());
      continue;
    }
    flags.held_.emplace(flag.name, Held{*std::move(value), was_given});
  }
  if (!wrong.empty()) return InvalidArgument(wrong);
  ASSIGN_OR_RETURN(flags.gates_, ParseFeatureGates(flags.Text("feature-gates")));
  RETURN_IF_ERROR(flags.Check());
  return flags;
}

absl::Status Flags::Check() const {
  std::string wrong;
  const auto refuse = [&](bool is_wrong, std::string_view text) {
    if (is_wrong) wrong += Cat(wrong.empty() ? "" : "; ", text);
  };
  const auto set = [this](std::string_view name) { return !Text(name).empty(); };
  const auto exclusive = [&](std::string_view a, std::string_view b) {
    refuse(set(a) && set(b), Cat("--", a, " and --", b, " exclude each other"));
  };
  const auto with_file = [&](std::string_view name) { exclusive(name, Cat(name, "-file")); };
  for (std::string_view name :
       {"kong-admin-token", "kong-admin-ca-cert", "kong-admin-tls-client-cert",
        "kong-admin-tls-client-key", "admission-webhook-cert", "admission-webhook-key",
        "konnect-tls-client-cert", "konnect-tls-client-key"}) {
    with_file(name);
  }
  for (std::string_view name : {"kong-admin-tls", "konnect-tls"}) {
    const bool cert = set(Cat(name, "-client-cert")) || set(Cat(name, "-client-cert-file"));
    const bool key = set(Cat(name, "-client-key")) || set(Cat(name, "-client-key-file"));
    refuse(cert && !key, Cat("--", name, "-client-cert needs --", name, "-client-key"));
    refuse(key && !cert, Cat("--", name, "-client-key needs --", name, "-client-cert"));
  }
  refuse(set("kong-admin-svc") && given("kong-admin-url"),
         "--kong-admin-svc and --kong-admin-url exclude each other");
  refuse(set("kong-admin-svc") && List("kong-admin-svc-port-names").empty(),
         "--kong-admin-svc-port-names: name at least one port");
  refuse(!set("election-id"), "--election-id: must not be empty");
  refuse(Bool("use-last-valid-config-for-fallback") && !gates_.fallback_configuration,
         "--use-last-valid-config-for-fallback needs --feature-gates FallbackConfiguration=true");
  const absl::Duration interval = Duration("gateway-discovery-readiness-check-interval");
  refuse(interval < absl::Seconds(3), "--gateway-discovery-readiness-check-interval: at least 3s");
  refuse(Duration("gateway-discovery-readiness-check-timeout") >= interval,
         "--gateway-discovery-readiness-check-timeout must be shorter than its interval");
  refuse(Bool("konnect-sync-enabled") && !set("konnect-control-plane-id"),
         "--konnect-sync-enabled needs --konnect-control-plane-id");
  refuse(Duration("konnect-upload-config-period") < absl::Seconds(10),
         "--konnect-upload-config-period: at least 10s");
  refuse(Duration("konnect-refresh-node-period") < absl::Seconds(30),
         "--konnect-refresh-node-period: at least 30s");
  refuse(Number("max-removal") > 1, "--max-removal: a share between 0 and 1");
  refuse(Int("diagnostic-server-port") < 0 || Int("diagnostic-server-port") > kMaxPort,
         "--diagnostic-server-port: not a port");
  refuse(!set("ingress-class"), "--ingress-class: must not be empty");
  refuse(List("kong-admin-url").empty(), "--kong-admin-url: name at least one gateway");
  return wrong.empty() ? absl::OkStatus() : InvalidArgument(wrong);
}

const Flags::Held& Flags::Find(std::string_view name) const {
  const auto found = held_.find(name);
  CHECK(found != held_.end(), Cat("no flag is called ", name));
  return found->second;
}

template <class T>
const T& Flags::Get(std::string_view name) const {
  const T* value = std::get_if<T>(&Find(name).value);
  CHECK(value != nullptr, Cat("--", name, " is of another type"));
  return *value;
}
template const bool& Flags::Get(std::string_view) const;
template const int64_t& Flags::Get(std::string_view) const;
template const double& Flags::Get(std::string_view) const;
template const absl::Duration& Flags::Get(std::string_view) const;
template const std::string& Flags::Get(std::string_view) const;
template const std::vector<std::string>& Flags::Get(std::string_view) const;

bool Flags::given(std::string_view name) const { return Find(name).given; }

std::vector<std::string> Flags::Warnings() const {
  std::vector<std::string> warnings;
  for (const FlagSpec& flag : RunFlags()) {
    if (!given(flag.name) || flag.state == FlagState::kEffective) continue;
    const std::string_view verdict =
        flag.state == FlagState::kNoEffect ? " has no effect yet: " : " is deprecated: ";
    warnings.push_back(Cat("--", flag.name, verdict, flag.help));
  }
  return warnings;
}

static void Declare(const FlagSpec& flag, CLI::App& command) {
  const std::string name = Cat("--", flag.name);
  const std::string help = HelpOf(flag);
  CLI::Option* option = nullptr;
  if (flag.type == FlagType::kBool) {
    option = command.add_flag(name, help);
  } else {
    option =
        command.add_option(name, help)->expected(1)->type_name(std::string(TypeText(flag.type)));
  }
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->group(std::string(flag.group));
}

void DeclareFlags(CLI::App& command) {
  for (const FlagSpec& flag : RunFlags()) Declare(flag, command);
}

void DeclareAdminFlags(CLI::App& command) {
  constexpr std::string_view kOnesOwn[] = {"kong-admin-url", "kong-admin-svc", "kong-admin-init",
                                           "kong-admin-concurrency"};
  for (const FlagSpec& flag : RunFlags()) {
    const bool own =
        std::any_of(std::begin(kOnesOwn), std::end(kOnesOwn),
                    [&](std::string_view each) { return flag.name.starts_with(each); });
    const bool admin = flag.name.starts_with("kong-admin-") || flag.name == "kong-workspace";
    if (!admin || own) continue;
    FlagSpec read = flag;  // Where a command only reads.
    if (flag.name == "kong-workspace") read.help = "With a database: the workspace to read.";
    if (flag.name == "kong-admin-filter-tag") {
      read.help = "With a database: read only what has all of these tags.";
      read.initial = "";
    }
    Declare(read, command);
  }
}

absl::StatusOr<Flags> ReadFlags(const CLI::App& command) {
  std::set<std::string> variables;
  for (const FlagSpec& flag : RunFlags()) {
    if (command.get_option_no_throw(Cat("--", flag.name)) != nullptr)
      variables.insert(EnvironmentName(flag));
  }
  return Flags::Parse({
      .line =
          [&](std::string_view flag) {
            const CLI::Option* option = command.get_option_no_throw(Cat("--", flag));
            return option == nullptr ? std::vector<std::string>() : option->results();
          },
      .environment = [&](const std::string& variable) -> std::optional<std::string> {
        if (!variables.contains(variable)) return std::nullopt;
        const char* text = std::getenv(variable.c_str());
        if (text == nullptr) return std::nullopt;
        return text;
      },
  });
}

}  // namespace kdelta
