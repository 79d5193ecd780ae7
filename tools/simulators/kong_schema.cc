#include "tools/simulators/kong_schema.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "engine/assert.h"
#include "engine/status_macros.h"
#include "engine/text.h"

namespace simulators {
namespace {

const std::map<std::string_view, KeyFacts>& AllKeyFacts() {
  static const std::map<std::string_view, KeyFacts> facts = {
      {"services", {"name"}},
      {"routes", {"name"}},
      {"upstreams", {"name"}},
      {"snis", {"name"}},
      {"key_sets", {"name"}},
      {"consumers", {"username"}},
      {"consumer_groups", {"name"}},
      {"consumer_group_consumers", {{}, true, {"consumer", "consumer_group"}}},
      {"vaults", {"prefix", true, {"prefix"}}},
      {"plugins", {"instance_name", true, {"name", "route", "service", "consumer"}}},
      {"targets", {"target", false, {"upstream", "target"}}},
      {"keys", {"name", true, {"kid", "set"}}},
      {"basicauth_credentials", {"username", true, {"username"}}},
      {"hmacauth_credentials", {"username", true, {"username"}}},
      {"acls", {"group", false, {"consumer", "group"}}},
      {"filter_chains", {"name", true, {"route", "service"}}},
      {"keyauth_credentials", {"key", true, {}, false}},
      {"jwt_secrets", {"key", true, {}, false}},
      {"oauth2_credentials", {"client_id", true, {}, false}},
      {"oauth2_tokens", {"access_token", true, {}, false}},
  };
  return facts;
}

absl::StatusOr<Json> ReadTree(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) return engine::NotFound(path.string(), ": cannot be read");
  std::optional<Json> tree = ParseJson(text);
  if (!tree) return engine::InvalidArgument(path.string(), ": not JSON");
  return *std::move(tree);
}

absl::Status ReadFolder(const std::filesystem::path& folder,
                        std::map<std::string, Json, std::less<>>& schemas) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".json") continue;
    ASSIGN_OR_RETURN(Json tree, ReadTree(entry.path()));
    if (At(tree, "fields").is_array()) schemas[entry.path().stem().string()] = std::move(tree);
  }
  if (error) return engine::NotFound(folder.string(), ": ", error.message());
  return absl::OkStatus();
}

constexpr int64_t kMaxPriority = (int64_t{1} << 46) - 1;

}  // namespace

std::string_view FlavorName(RouterFlavor flavor) {
  return flavor == RouterFlavor::kExpressions ? "expressions" : "traditional_compatible";
}

KongSchemas KongSchemas::Facts(RouterFlavor flavor, std::string_view edition) {
  KongSchemas schemas;
  schemas.flavor_ = flavor;
  for (const auto& [entity, schema] : CoreEntityFacts().items()) {
    const std::string_view only = TextAt(schema, "edition");
    if (only.empty() || only == edition) schemas.entities_.emplace(entity, schema);
  }
  for (std::string_view name : BundledPlugins()) {
    schemas.plugins_.emplace(std::string(name), Json::object());
  }
  schemas.AdoptFlavor();
  return schemas;
}

absl::StatusOr<KongSchemas> KongSchemas::FromFolder(std::string_view folder, RouterFlavor flavor) {
  KongSchemas schemas;
  schemas.flavor_ = flavor;
  std::filesystem::path path(folder);
  RETURN_IF_ERROR(ReadFolder(path, schemas.entities_));
  RETURN_IF_ERROR(ReadFolder(path / "plugins", schemas.plugins_));
  if (schemas.Entity("routes") == nullptr || schemas.Entity("services") == nullptr) {
    return engine::NotFound(folder, ": no schemas of Kong here (routes.json, services.json, …)");
  }
  schemas.entities_.erase("tags");  // An index over entities, not an array of a configuration.
  schemas.AdoptFlavor();
  return schemas;
}

void KongSchemas::AdoptFlavor() {
  if (flavor_ != RouterFlavor::kExpressions) return;
  Json& fields = entities_["routes"]["fields"];
  fields.push_back({{"expression", {{"type", "string"}}}});
  fields.push_back({{"priority",
                     {{"type", "integer"},
                      {"required", true},
                      {"default", 0},
                      {"between", {0, kMaxPriority}}}}});
}

const Json* KongSchemas::Entity(std::string_view entity) const {
  auto found = entities_.find(entity);
  return found == entities_.end() ? nullptr : &found->second;
}

const KeyFacts& KongSchemas::Keys(std::string_view entity) const {
  static const KeyFacts none{{}, true, {}, false};
  auto found = AllKeyFacts().find(entity);
  return found == AllKeyFacts().end() ? none : found->second;
}

std::string_view KongSchemas::ReferenceField(std::string_view child,
                                             std::string_view parent) const {
  const Json* schema = Entity(child);
  std::string_view field_name;
  if (schema == nullptr) return field_name;
  ForEachField(*schema, [&](const std::string& name, const Json& field) {
    if (field_name.empty() && TextAt(field, "reference") == parent) field_name = name;
  });
  return field_name;
}

const Json* KongSchemas::Plugin(std::string_view name) const {
  auto found = plugins_.find(name);
  return found == plugins_.end() ? nullptr : &found->second;
}

const Json* FieldOf(const Json& record, std::string_view name) {
  for (const Json& one : At(record, "fields")) {
    auto found = one.find(name);
    if (found != one.end()) return &*found;
  }
  return nullptr;
}

}  // namespace simulators
