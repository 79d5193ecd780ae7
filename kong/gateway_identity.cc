#include "kong/gateway_identity.h"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

#include "engine/fingerprint.h"
#include "engine/text.h"

namespace kong {
namespace {

using engine::Cat;
using engine::InvalidArgument;
using nlohmann::json;

constexpr std::tuple kOldest = {3, 4, 1};

std::string TextAt(const json& object, const char* member) {
  auto at = object.find(member);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

// "3.9.3", "3.4.3.12-enterprise-edition", "3.10.0-rc1": what comes after three numbers does not
// count.
std::optional<std::array<int, 3>> ReadVersion(std::string_view text) {
  std::array<int, 3> numbers{};
  size_t at = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    size_t end = at;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9' && end - at < 6) ++end;
    std::optional<int64_t> number = engine::ParseInt(text.substr(at, end - at));
    if (!number) return std::nullopt;
    numbers[i] = static_cast<int>(*number);
    if (i + 1 < numbers.size() && (end == text.size() || text[end] != '.')) return std::nullopt;
    at = end + 1;
  }
  return numbers;
}

uint64_t HashOfPlugins(const json& root) {
  auto plugins = root.find("plugins");
  if (plugins == root.end() || !plugins->is_object()) return 0;
  auto available = plugins->find("available_on_server");
  if (available == plugins->end() || !available->is_object()) return 0;
  std::string all;  // Members of an nlohmann object are in alphabetical order.
  for (const auto& [name, plugin] : available->items()) {
    all += Cat(name, '=', plugin.is_object() ? TextAt(plugin, "version") : "", ';');
  }
  return engine::Fingerprint::Of(all).low;
}

}  // namespace

bool ReadGatewayVersion(std::string_view text, GatewayIdentity& identity) {
  std::optional<std::array<int, 3>> version = ReadVersion(text);
  if (!version) return false;
  std::tie(identity.major, identity.minor, identity.patch) =
      std::tie((*version)[0], (*version)[1], (*version)[2]);
  identity.version = text;
  identity.enterprise = text.find("enterprise") != std::string_view::npos;
  return true;
}

absl::StatusOr<GatewayIdentity> ReadIdentity(std::string_view body) {
  json root = json::parse(body, nullptr, false);
  if (!root.is_object())
    return InvalidArgument("the answer to GET / is not a JSON object; is this Kong's Admin API?");
  GatewayIdentity identity;
  if (!ReadGatewayVersion(TextAt(root, "version"), identity))
    return InvalidArgument("the answer to GET / names no version of Kong; is this its Admin API?");
  identity.enterprise = identity.enterprise || TextAt(root, "edition") == "enterprise";
  identity.node_id = TextAt(root, "node_id");
  identity.plugins = HashOfPlugins(root);
  auto configuration = root.find("configuration");
  if (configuration == root.end() || !configuration->is_object()) {
    return InvalidArgument("the answer to GET / has no configuration");
  }
  identity.router_flavor = TextAt(*configuration, "router_flavor");
  identity.database = TextAt(*configuration, "database");
  return identity;
}

absl::StatusOr<std::string> ReadConfigurationHash(std::string_view body) {
  json root = json::parse(body, nullptr, false);
  if (!root.is_object()) return InvalidArgument("the answer to GET /status is not a JSON object");
  std::string hash = TextAt(root, "configuration_hash");
  if (hash.size() != 32)
    return InvalidArgument("the answer to GET /status has no configuration_hash");
  return hash;
}

absl::Status CheckFit(const GatewayIdentity& identity) {
  auto unfit = [](const std::string& why) {
    return absl::FailedPreconditionError(engine::ToAbsl(why));
  };
  if (std::tuple(identity.major, identity.minor, identity.patch) < kOldest) {
    return unfit(Cat("Kong ", identity.version, " is too old: 3.4.1 or later is needed"));
  }
  if (identity.database != "off") {
    return unfit(Cat("the gateway has a database (", identity.database,
                     "), which is not supported yet: run it with KONG_DATABASE=off"));
  }
  constexpr std::string_view kFlavors[] = {"traditional", "traditional_compatible", "expressions"};
  for (std::string_view flavor : kFlavors) {
    if (identity.router_flavor == flavor) return absl::OkStatus();
  }
  return unfit(Cat("unknown router_flavor \"", identity.router_flavor,
                   "\": set KONG_ROUTER_FLAVOR to traditional_compatible or expressions"));
}

}  // namespace kong
