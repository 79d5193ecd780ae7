#include "tools/simulators/kong_admin.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "engine/text.h"

namespace simulators {
namespace {

using engine::Cat;

// Entities whose path is not their name.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kPaths = {{
    {"key-auths", "keyauth_credentials"},
    {"basic-auths", "basicauth_credentials"},
    {"hmac-auths", "hmacauth_credentials"},
    {"jwts", "jwt_secrets"},
    {"oauth2", "oauth2_credentials"},
    {"key-sets", "key_sets"},
    {"filter-chains", "filter_chains"},
}};

std::string_view EntityOf(const KongSchemas& schemas, std::string_view segment) {
  for (const auto& [path, entity] : kPaths) {
    if (path == segment) return schemas.Entity(entity) == nullptr ? "" : entity;
  }
  return schemas.Entity(segment) == nullptr ? "" : segment;
}

const Json* FindRow(const KongSchemas& schemas, const Entities& loaded, std::string_view entity,
                    std::string_view name_or_id) {
  auto rows = loaded.find(entity);
  if (rows == loaded.end()) return nullptr;
  auto by_id = rows->second.find(std::string(name_or_id));
  if (by_id != rows->second.end()) return &by_id->second;
  std::string_view key = schemas.Keys(entity).endpoint_key;
  for (const auto& [id, row] : rows->second) {
    if (!key.empty() && TextAt(row, key) == name_or_id) return &row;
  }
  return nullptr;
}

size_t NumberOf(const Query& query, std::string_view name, size_t otherwise) {
  std::optional<int64_t> number = engine::ParseInt(Find(query, name));
  return number && *number > 0 ? static_cast<size_t>(*number) : otherwise;
}

// A page of the rows whose `field` refers to `parent`, or of all rows.
Answer List(const Entities& loaded, std::string_view entity, std::string_view path,
            const Query& query, std::string_view field, std::string_view parent) {
  Json page = Json::array();
  Json next;
  size_t size = std::min<size_t>(NumberOf(query, "size", 100), 1000);
  size_t skip = NumberOf(query, "offset", 0);
  size_t seen = 0;
  auto rows = loaded.find(entity);
  if (rows != loaded.end()) {
    for (const auto& [id, row] : rows->second) {
      if (!field.empty() && TextAt(At(row, field), "id") != parent) continue;
      if (seen++ < skip) continue;
      if (page.size() == size) {
        next = Cat(path, "?offset=", skip + size, "&size=", size);
        break;
      }
      page.push_back(row);
    }
  }
  Json body = {{"data", std::move(page)}, {"next", next}};
  if (!next.is_null()) body["offset"] = Cat(skip + size);
  return JsonAnswer(200, body);
}

Answer NotFoundAnswer() { return JsonAnswer(404, {{"message", "Not found"}}); }

}  // namespace

Json RootBody(const KongNode& node, const KongSchemas& schemas) {
  Json available = Json::object();
  for (const auto& [name, schema] : schemas.plugins()) {
    available[name] = {{"version", node.version}, {"priority", 0}};
  }
  return {{"version", node.version},
          {"edition", node.edition},
          {"node_id", node.node_id},
          {"hostname", "kong-simulator"},
          {"tagline", "Welcome to kong"},
          {"lua_version", "LuaJIT 2.1.0-20231117"},
          {"pids", {{"workers", {1}}}},
          {"timers", {{"pending", 0}, {"running", 0}}},
          {"plugins", {{"available_on_server", available}, {"enabled_in_cluster", Json::array()}}},
          {"configuration",
           {{"database", node.database},
            {"router_flavor", FlavorName(schemas.flavor())},
            {"role", node.role}}}};
}

Json StatusBody(std::string_view hash, uint64_t requests) {
  Json body = {
      {"memory", {{"lua_shared_dicts", Json::object()}, {"workers_lua_vms", Json::array()}}},
      {"server",
       {{"connections_accepted", requests},
        {"connections_active", 1},
        {"connections_handled", requests},
        {"connections_reading", 0},
        {"connections_waiting", 0},
        {"connections_writing", 1},
        {"total_requests", requests}}}};
  if (hash.empty()) {
    body["database"] = {{"reachable", true}};
  } else {
    body["configuration_hash"] = hash;
  }
  return body;
}

std::optional<Answer> ReadEntities(const KongSchemas& schemas, const Entities& loaded,
                                   std::string_view path, const Query& query) {
  std::vector<std::string_view> parts = engine::Split(path, '/');
  if (parts.size() < 2 || parts.size() > 4) return std::nullopt;
  std::string_view entity = EntityOf(schemas, parts[1]);
  if (entity.empty()) return std::nullopt;
  if (parts.size() == 2) return List(loaded, entity, path, query, "", "");
  const Json* row = FindRow(schemas, loaded, entity, DecodePercent(parts[2], false));
  if (row == nullptr) return NotFoundAnswer();
  if (parts.size() == 3) return JsonAnswer(200, *row);
  std::string_view child = EntityOf(schemas, parts[3]);
  std::string_view field = child.empty() ? "" : schemas.ReferenceField(child, entity);
  if (field.empty()) return NotFoundAnswer();
  return List(loaded, child, path, query, field, TextAt(*row, "id"));
}

std::optional<Answer> RefuseWrite(const KongSchemas& schemas, std::string_view method,
                                  std::string_view path) {
  std::string_view entity = EntityOf(schemas, engine::Split(path, '/').at(1));
  if (entity.empty()) return std::nullopt;
  std::string_view verb = method == "POST"     ? "create"
                          : method == "PATCH"  ? "update"
                          : method == "DELETE" ? "remove"
                                               : "create or update";
  std::string message = Cat("cannot ", verb, " '", entity, "' entities when not using a database");
  return JsonAnswer(405, {{"name", "operation unsupported"}, {"message", message}, {"code", 12}});
}

Json ConfigBody(const Entities& loaded) {
  Json flat = {{"_format_version", "3.0"}, {"_transform", false}};
  for (const auto& [entity, rows] : loaded) {
    for (const auto& [id, row] : rows) {
      Json one = Json::object();
      for (const auto& [name, value] : row.items()) {
        if (!value.is_null()) one[name] = value;
      }
      flat[entity].push_back(std::move(one));
    }
  }
  return {{"config", DumpJson(flat)}};
}

}  // namespace simulators
