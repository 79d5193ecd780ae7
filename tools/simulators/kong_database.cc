#include "tools/simulators/kong_database.h"

#include <utility>

#include "engine/text.h"
#include "tools/simulators/digest.h"
#include "tools/simulators/kong_validator.h"

namespace simulators {
namespace {

using engine::Cat;

struct ErrorFacts {
  std::string_view name;
  int status = 400;
};

ErrorFacts FactsOf(KongErrorCode code) {
  switch (code) {
    case KongErrorCode::kSchema:
      return {"schema violation"};
    case KongErrorCode::kPrimaryKey:
      return {"primary key violation"};
    case KongErrorCode::kForeignKey:
      return {"foreign key violation"};
    case KongErrorCode::kUnique:
      return {"unique constraint violation", 409};
    case KongErrorCode::kNotFound:
      return {"not found", 404};
    case KongErrorCode::kOffset:
      return {"invalid offset"};
    case KongErrorCode::kSize:
      return {"invalid size"};
    case KongErrorCode::kOptions:
      return {"invalid options"};
    case KongErrorCode::kUnresolved:
      return {"foreign keys unresolved"};
    case KongErrorCode::kReferenced:
      return {"referenced by others"};
  }
  return {"database error", 500};
}

Answer Violation(Json errors) {
  std::string message = Cat("schema violation (", LuaText(errors), ")");
  return ErrorAnswer(KongErrorCode::kSchema, message, std::move(errors));
}

// Who refers by one of these keeps what it refers to alive; everything else goes along.
bool Restricts(std::string_view entity, std::string_view field) {
  return (entity == "routes" && field == "service") || field == "client_certificate";
}

std::string KeyText(const Json& value) {
  std::string_view id = TextAt(value, "id");
  return id.empty() ? DumpJson(value) : std::string(id);
}

// "10.0.0.1" is "10.0.0.1:8000" to Kong.
std::string NormalTarget(std::string_view text) {
  bool bracketed = text.starts_with("[");
  bool port = bracketed ? text.find("]:") != text.npos : text.find(':') != text.npos;
  return port ? std::string(text) : Cat(text, ":8000");
}

}  // namespace

Answer ErrorAnswer(KongErrorCode code, std::string_view message, Json fields) {
  ErrorFacts facts = FactsOf(code);
  return JsonAnswer(facts.status, {{"code", static_cast<int>(code)},
                                   {"name", facts.name},
                                   {"message", message},
                                   {"fields", std::move(fields)}});
}

KongDatabase::KongDatabase(const KongSchemas& schemas, World world)
    : schemas_(schemas), world_(std::move(world)) {}

const Json* KongDatabase::Find(std::string_view entity, std::string_view id) const {
  auto rows = rows_.find(entity);
  if (rows == rows_.end()) return nullptr;
  auto row = rows->second.find(std::string(id));
  return row == rows->second.end() ? nullptr : &row->second;
}

const Json* KongDatabase::FindNamed(std::string_view entity, std::string_view id_or_key,
                                    std::string_view parent_field, std::string_view parent) const {
  auto fits = [&](const Json* row) {
    return row != nullptr &&
           (parent_field.empty() || TextAt(At(*row, parent_field), "id") == parent);
  };
  if (const Json* row = Find(entity, id_or_key); fits(row)) return row;
  std::string_view key = schemas_.Keys(entity).endpoint_key;
  auto rows = rows_.find(entity);
  if (rows == rows_.end() || key.empty()) return nullptr;
  std::string wanted = entity == "targets" ? NormalTarget(id_or_key) : std::string(id_or_key);
  for (const auto& [id, row] : rows->second) {
    if (TextAt(row, key) == wanted && fits(&row)) return &row;
  }
  return nullptr;
}

std::vector<std::string> KongDatabase::Children(std::string_view entity, std::string_view field,
                                                std::string_view parent) const {
  std::vector<std::string> ids;
  auto found = referred_.find(std::string(parent));
  if (found == referred_.end()) return ids;
  for (const auto& [child, child_field, id] : found->second) {
    if (child == entity && child_field == field) ids.push_back(id);
  }
  return ids;
}

// Foreign keys become {"id": …}; a name stands for the row that has it.
std::optional<Answer> KongDatabase::Resolve(std::string_view entity, Json& row) const {
  std::optional<Answer> refused;
  ForEachField(*schemas_.Entity(entity), [&](const std::string& name, const Json& field) {
    if (refused || TextAt(field, "type") != "foreign" || !IsSet(row, name)) return;
    std::string parent(TextAt(field, "reference"));
    Json& value = row[name];
    if (!value.is_object()) return refused = Violation({{name, "expected a record"}}), void();
    std::string id(TextAt(value, "id"));
    std::string_view key = schemas_.Keys(parent).endpoint_key;
    if (id.empty() && !key.empty()) {
      const Json* found = FindNamed(parent, TextAt(value, key));
      if (found == nullptr) {
        refused = ErrorAnswer(KongErrorCode::kUnresolved,
                              Cat("foreign key unresolved: ", name, ".", key), {{name, value}});
        return;
      }
      id = TextAt(*found, "id");
    }
    if (Find(parent, id) == nullptr) {
      refused = ErrorAnswer(KongErrorCode::kForeignKey,
                            Cat("the foreign key '{id=\"", id,
                                "\"}' does not reference an existing '", parent, "' entity."),
                            {{name, {{"id", id}}}});
      return;
    }
    value = {{"id", id}};
  });
  return refused;
}

// What Kong makes up or computes.
void KongDatabase::Derive(std::string_view entity, Json& row, const Json* before) const {
  ForEachField(*schemas_.Entity(entity), [&](const std::string& name, const Json& field) {
    bool text = TextAt(field, "type") == "string";
    if (text && At(field, "auto") == true && !IsSet(row, name)) row[name] = world_.random_id();
  });
  if (!IsSet(row, "created_at")) row["created_at"] = world_.now_seconds();
  row["updated_at"] = world_.now_seconds();
  if (entity == "targets") row["target"] = NormalTarget(TextAt(row, "target"));
  if (entity == "ca_certificates") row["cert_digest"] = Sha1Hex(TextAt(row, "cert"));
  if (entity == "basicauth_credentials") {
    const Json& password = At(row, "password");
    bool kept = before != nullptr && At(*before, "password") == password;
    if (!kept) row["password"] = Sha1Hex(Cat(Text(password), TextAt(At(row, "consumer"), "id")));
  }
}

std::optional<Answer> KongDatabase::Complete(std::string_view entity, Json& row,
                                             const Json* before) const {
  if (!row.is_object()) return JsonAnswer(400, {{"message", "Cannot parse JSON body"}});
  if (std::optional<Answer> refused = Resolve(entity, row)) return refused;
  KongValidator validator(schemas_);
  Json errors = validator.Validate(entity, row);
  if (!errors.is_null()) return Violation(std::move(errors));
  row = validator.FillDefaults(entity, std::move(row));
  Derive(entity, row, before);
  return std::nullopt;
}

std::vector<std::pair<std::string, Json>> KongDatabase::UniqueKeys(std::string_view entity,
                                                                   const Json& row) const {
  std::vector<std::pair<std::string, Json>> keys;
  ForEachField(*schemas_.Entity(entity), [&](const std::string& name, const Json& field) {
    if (At(field, "unique") != true || !IsSet(row, name)) return;
    keys.emplace_back(Cat(entity, '\0', name, '\0', KeyText(row[name])), Json{{name, row[name]}});
  });
  const KeyFacts& facts = schemas_.Keys(entity);
  if (facts.cache_key.size() > 1) {
    std::string key(entity);
    Json fields = Json::object();
    for (std::string_view name : facts.cache_key) {
      key += Cat('\0', KeyText(At(row, name)));
      fields[std::string(name)] = At(row, name);
    }
    keys.emplace_back(std::move(key), std::move(fields));
  }
  return keys;
}

std::optional<Answer> KongDatabase::Clash(std::string_view entity, const Json& row) const {
  for (auto& [key, fields] : UniqueKeys(entity, row)) {
    auto owner = unique_.find(key);
    if (owner == unique_.end() || owner->second == TextAt(row, "id")) continue;
    return ErrorAnswer(KongErrorCode::kUnique,
                       Cat("UNIQUE violation detected on '", LuaText(fields), "'"), fields);
  }
  return std::nullopt;
}

void KongDatabase::Index(std::string_view entity, const Json& row, bool add) {
  std::string id(TextAt(row, "id"));
  for (auto& [key, fields] : UniqueKeys(entity, row)) {
    add ? void(unique_[key] = id) : void(unique_.erase(key));
  }
  auto refer = [&](const std::string& field, std::string_view parent) {
    if (parent.empty()) return;
    Reference reference(std::string(entity), field, id);
    auto& of_parent = referred_[std::string(parent)];
    add ? void(of_parent.insert(reference)) : void(of_parent.erase(reference));
  };
  ForEachField(*schemas_.Entity(entity), [&](const std::string& name, const Json& field) {
    if (TextAt(field, "type") == "foreign") refer(name, TextAt(At(row, name), "id"));
    if (name == "ca_certificates") {
      for (const Json& parent : At(row, name)) refer(name, Text(parent));
    }
  });
}

KongDatabase::Outcome KongDatabase::Store(std::string_view entity, Json row, const Json* before) {
  if (std::optional<Answer> clash = Clash(entity, row)) return *std::move(clash);
  if (before != nullptr) Index(entity, *before, false);
  Index(entity, row, true);
  ++writes_;
  std::string id(TextAt(row, "id"));
  return rows_[std::string(entity)][id] = std::move(row);
}

// The list of a certificate's SNIs becomes exactly `names`.
std::optional<Answer> KongDatabase::ReplaceSnis(const std::string& certificate, const Json& names) {
  for (const Json& name : names) {
    const Json* owner = FindNamed("snis", Text(name));
    if (owner == nullptr || TextAt(At(*owner, "certificate"), "id") == certificate) continue;
    return Violation({{"snis", Cat(Text(name), " already associated with existing certificate '",
                                   TextAt(At(*owner, "certificate"), "id"), "'")}});
  }
  for (const std::string& id : Children("snis", "certificate", certificate)) {
    if (!Allows(names, At(*Find("snis", id), "name"))) Erase("snis", id);
  }
  for (const Json& name : names) {
    if (FindNamed("snis", Text(name)) != nullptr) continue;
    Outcome made = Create("snis", {{"name", name}, {"certificate", {{"id", certificate}}}});
    if (Answer* refused = std::get_if<Answer>(&made)) return *refused;
  }
  return std::nullopt;
}

KongDatabase::Outcome KongDatabase::Create(std::string_view entity, Json row) {
  std::string id(TextAt(row, "id"));
  if (!id.empty() && Find(entity, id) != nullptr) {
    return ErrorAnswer(KongErrorCode::kPrimaryKey,
                       Cat("primary key violation on key '{id=\"", id, "\"}'"), {{"id", id}});
  }
  return Replace(entity, id, std::move(row));
}

KongDatabase::Outcome KongDatabase::Replace(std::string_view entity, const std::string& id,
                                            Json row) {
  const Json* before = Find(entity, id);
  if (!row.is_object()) return JsonAnswer(400, {{"message", "Cannot parse JSON body"}});
  if (!id.empty()) row["id"] = id;
  Json names = Json::array();
  if (entity == "certificates" && row.contains("snis")) names = At(row, "snis"), row.erase("snis");
  if (std::optional<Answer> refused = Complete(entity, row, before)) return *std::move(refused);
  Outcome stored = Store(entity, std::move(row), before);
  Json* made = std::get_if<Json>(&stored);
  if (entity == "certificates" && made != nullptr) {
    std::optional<Answer> refused = ReplaceSnis(std::string(TextAt(*made, "id")), names);
    if (refused) return *std::move(refused);
  }
  return stored;
}

KongDatabase::Outcome KongDatabase::Merge(std::string_view entity, const std::string& id,
                                          const Json& changes) {
  const Json* before = Find(entity, id);
  if (before == nullptr) return ErrorAnswer(KongErrorCode::kNotFound, "Not found", Json::object());
  if (!changes.is_object()) return JsonAnswer(400, {{"message", "Cannot parse JSON body"}});
  Json row = *before;
  if (entity == "plugins" && At(changes, "config").is_object())
    row["config"].update(changes["config"]);
  for (const auto& [name, value] : changes.items()) {
    bool merged = entity == "plugins" && name == "config" && value.is_object();
    if (name != "id" && !merged) row[name] = value;
  }
  std::optional<Json> names;
  if (entity == "certificates" && row.contains("snis")) names = At(row, "snis"), row.erase("snis");
  if (std::optional<Answer> refused = Complete(entity, row, before)) return *std::move(refused);
  Outcome stored = Store(entity, std::move(row), before);
  if (names && std::holds_alternative<Json>(stored)) {
    if (std::optional<Answer> refused = ReplaceSnis(id, *names)) return *std::move(refused);
  }
  return stored;
}

// The entity that keeps a row from being removed, or empty.
std::string KongDatabase::Referrer(std::string_view entity, const std::string& id) const {
  auto found = referred_.find(id);
  if (found == referred_.end()) return {};
  for (const auto& [child, field, child_id] : found->second) {
    if (entity == "ca_certificates" || Restricts(child, field)) return child;
    std::string further = Referrer(child, child_id);
    if (!further.empty()) return further;
  }
  return {};
}

std::optional<Answer> KongDatabase::Remove(std::string_view entity, const std::string& id) {
  if (Find(entity, id) == nullptr) return std::nullopt;
  std::string child = Referrer(entity, id);
  if (!child.empty() && entity == "ca_certificates") {
    return ErrorAnswer(KongErrorCode::kReferenced,
                       Cat("ca certificate ", id, " is still referenced by ", child),
                       Json::object());
  }
  if (!child.empty()) {
    return ErrorAnswer(
        KongErrorCode::kForeignKey,
        Cat("an existing '", child, "' entity references this '", entity, "' entity"),
        {{"@referenced_by", child}});
  }
  Erase(entity, id);
  return std::nullopt;
}

void KongDatabase::Erase(std::string_view entity, const std::string& id) {
  const Json* row = Find(entity, id);
  if (row == nullptr) return;
  if (auto found = referred_.find(id); found != referred_.end()) {
    std::set<Reference> children = std::move(found->second);
    referred_.erase(id);
    for (const auto& [child, field, child_id] : children) Erase(child, child_id);
  }
  Index(entity, *row, false);
  rows_[std::string(entity)].erase(id);
  ++writes_;
}

void KongDatabase::Clear() {
  rows_.clear(), unique_.clear(), referred_.clear();
  ++writes_;
}

}  // namespace simulators
