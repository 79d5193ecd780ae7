#include "tools/simulators/declarative_config.h"

#include <utility>

#include "engine/text.h"
#include "tools/simulators/digest.h"
#include "tools/simulators/kong_validator.h"

namespace simulators {
namespace {

using engine::Cat;

constexpr std::string_view kRootSpace = "fd02801f-0957-4a15-a55a-c8d9606f30b5";

// The text of a foreign key as it was written.
std::string_view ForeignText(const Json& value) {
  return value.is_object() ? TextAt(value, "id") : Text(value);
}

// The value as text if it can name a row.
std::string_view KeyText(const Json& row, std::string_view field) {
  return field.empty() ? std::string_view() : ForeignText(At(row, field));
}

class Loader {
 public:
  Loader(const KongSchemas& schemas, const LoadSettings& settings)
      : schemas_(schemas), settings_(settings), validator_(schemas) {}

  std::variant<Entities, ConfigErrors> Load(const Json& input) {
    CollectTop(input);
    for (ConfigRow& row : errors_.rows) {
      if (row.errors.is_null()) row.errors = validator_.Validate(row.entity, row.value);
      NoteErrors(row);
    }
    if (failed_) return std::move(errors_);
    for (ConfigRow& row : errors_.rows) AdoptRow(row);
    if (!failed_) CheckReferences();
    if (!failed_) Finish();
    if (failed_) return std::move(errors_);
    return std::move(entities_);
  }

 private:
  void CollectTop(const Json& input);
  void CollectRows(const std::string& entity, const Json& list, ConfigRow* parent);
  void TakeChildren(ConfigRow& row);
  void NoteErrors(const ConfigRow& row) { failed_ = failed_ || !row.errors.is_null(); }
  void AdoptRow(ConfigRow& row);
  void CheckReferences();
  void CheckReferencesOf(const ConfigRow& row, const Json& schema);
  void Finish();
  Json Finished(const ConfigRow& row, const Json& schema);
  void CheckUnique(const ConfigRow& row, const std::string& field, const Json& value);
  void Refuse(const std::string& entity, const std::string& key, std::string verdict);
  const std::string* FindId(std::string_view entity, std::string_view name_or_id) const;

  const KongSchemas& schemas_;
  const LoadSettings& settings_;
  KongValidator validator_;
  ConfigErrors errors_;
  bool failed_ = false;
  Entities entities_;
  // entity -> endpoint key -> id, entity -> id, entity.field -> value.
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> by_key_;
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> by_id_;
  std::map<std::string, std::map<std::string, size_t>> unique_;
};

std::string JudgeTopField(std::string_view name, const Json& value) {
  if (name == "_transform") return value.is_boolean() ? "" : "expected a boolean";
  if (name == "_comment") return value.is_string() ? "" : "expected a string";
  if (name == "_ignore") return value.is_array() ? "" : "expected an array";
  return "unknown field";
}

void Loader::CollectTop(const Json& input) {
  static const Json versions = {"1.1", "2.1", "3.0"};
  const Json& version = At(input, "_format_version");
  if (version.is_null()) {
    errors_.top["_format_version"] = "required field missing";
  } else if (!version.is_string()) {
    errors_.top["_format_version"] = "expected a string";
  } else if (!Allows(versions, version)) {
    errors_.top["_format_version"] = "expected one of: 1.1, 2.1, 3.0";
  }
  for (const auto& [name, value] : input.items()) {
    if (name == "_format_version" || value.is_null()) continue;
    if (schemas_.Entity(name) != nullptr) {
      CollectRows(name, value, nullptr);
    } else if (std::string verdict = JudgeTopField(name, value); !verdict.empty()) {
      errors_.top[name] = verdict;
    }
  }
  failed_ = failed_ || !errors_.top.empty();
}

void Loader::CollectRows(const std::string& entity, const Json& list, ConfigRow* parent) {
  if (list.is_object() && list.empty()) return;  // Lua's empty list.
  if (!list.is_array()) {
    if (parent == nullptr) {
      errors_.top[entity] = "expected an array";
    } else {
      parent->errors[entity] = "expected an array";
    }
    return;
  }
  for (size_t index = 0; index < list.size(); ++index) {
    ConfigRow& row = errors_.rows.emplace_back();
    row.entity = entity;
    row.index = index;
    row.parent = parent;
    if (parent != nullptr) row.parent_field = schemas_.ReferenceField(entity, parent->entity);
    row.value = list[index];
    TakeChildren(row);
    bool implied = !row.parent_field.empty() && !IsSet(row.value, row.parent_field);
    std::string_view parent_id = parent == nullptr ? "" : TextAt(parent->value, "id");
    if (implied && row.value.is_object()) {
      // A parent without an id gets one later; until then its place stands for it.
      row.value[row.parent_field] = {
          {"id", parent_id.empty() ? "pending" : std::string(parent_id)}};
    }
  }
}

void Loader::TakeChildren(ConfigRow& row) {
  if (!row.value.is_object()) return;
  std::vector<std::pair<std::string, Json>> children;
  for (const auto& [name, value] : row.value.items()) {
    if (schemas_.Entity(name) == nullptr || schemas_.ReferenceField(name, row.entity).empty())
      continue;
    bool names_only = value.is_array() && !value.empty() && value[0].is_string();
    if (!names_only) children.emplace_back(name, value);
  }
  for (auto& [name, value] : children) row.value.erase(name);
  for (auto& [name, value] : children) CollectRows(name, value, &row);
}

const std::string* Loader::FindId(std::string_view entity, std::string_view name_or_id) const {
  for (const auto* index : {&by_key_, &by_id_}) {
    auto rows = index->find(entity);
    if (rows == index->end()) continue;
    auto found = rows->second.find(name_or_id);
    if (found != rows->second.end()) return &found->second;
  }
  return nullptr;
}

// Gives the row its id and its place in the indexes; parents come before their children.
void Loader::AdoptRow(ConfigRow& row) {
  if (row.parent != nullptr && TextAt(At(row.value, row.parent_field), "id") == "pending") {
    row.value[row.parent_field] = {{"id", TextAt(row.parent->value, "id")}};
  }
  std::string id(TextAt(row.value, "id"));
  if (id.empty()) id = DeriveId(schemas_, row.entity, row.value);
  if (!id.empty()) row.value["id"] = id;

  const KeyFacts& keys = schemas_.Keys(row.entity);
  std::string key(keys.endpoint_key_unique ? KeyText(row.value, keys.endpoint_key) : "");
  std::string verdict;
  if (!key.empty() && !by_key_[row.entity].emplace(key, id).second) {
    verdict = Cat(keys.endpoint_key, " set to '", key, "'");
  } else if (!id.empty() && !by_id_[row.entity].emplace(id, id).second) {
    verdict = Cat("primary key set to '", id, "'");
  }
  if (!verdict.empty()) {
    row.errors =
        Cat("uniqueness violation: '", row.entity, "' entity with ", verdict, " already declared");
    failed_ = true;
    return;
  }
  if (!id.empty()) return;
  // Nobody has seen this id before, so it can collide with nothing; an error must not show it.
  id = settings_.random_id();
  if (!key.empty()) by_key_[row.entity][key] = id;
  by_id_[row.entity].emplace(id, id);
  row.value["id"] = id;
}

void Loader::Refuse(const std::string& entity, const std::string& key, std::string verdict) {
  errors_.by_key[entity][key].push_back(std::move(verdict));
  failed_ = true;
}

void Loader::CheckReferences() {
  for (const ConfigRow& row : errors_.rows) CheckReferencesOf(row, *schemas_.Entity(row.entity));
}

void Loader::CheckReferencesOf(const ConfigRow& row, const Json& schema) {
  const KeyFacts& keys = schemas_.Keys(row.entity);
  std::string_view key = keys.endpoint_key_unique ? KeyText(row.value, keys.endpoint_key) : "";
  std::string place(key.empty() ? TextAt(row.value, "id") : key);
  ForEachField(schema, [&](const std::string& name, const Json& field) {
    std::string_view target = ForeignText(At(row.value, name));
    std::string_view entity = TextAt(field, "reference");
    if (entity.empty() || target.empty() || FindId(entity, target) != nullptr) return;
    Refuse(row.entity, place,
           Cat("invalid reference '", name, ": ", target, "' (no such entry in '", entity, "')"));
  });
}

void Loader::CheckUnique(const ConfigRow& row, const std::string& field, const Json& value) {
  if (!value.is_string() || field == schemas_.Keys(row.entity).endpoint_key) return;
  std::string text(Text(value));
  if (unique_[Cat(row.entity, ".", field)].emplace(text, row.index).second) return;
  Refuse(row.entity, std::string(TextAt(row.value, "id")),
         Cat("uniqueness violation: '", row.entity, "' entity with ", field, " set to '", text,
             "' already declared"));
}

Json Loader::Finished(const ConfigRow& row, const Json& schema) {
  Json done = validator_.FillDefaults(row.entity, row.value);
  ForEachField(schema, [&](const std::string& name, const Json& field) {
    std::string_view target = ForeignText(At(done, name));
    std::string_view entity = TextAt(field, "reference");
    if (!entity.empty() && !target.empty()) done[name] = {{"id", *FindId(entity, target)}};
    if (At(field, "unique") == true) CheckUnique(row, name, At(done, name));
    bool auto_time = At(field, "timestamp") == true && (name == "updated_at" || !IsSet(done, name));
    if (auto_time) done[name] = settings_.now_seconds;
    bool auto_text = At(field, "auto") == true && TextAt(field, "type") == "string";
    if (auto_text && !IsSet(done, name)) done[name] = settings_.random_id();
  });
  if (row.entity == "basicauth_credentials") {
    std::string_view consumer = TextAt(At(done, "consumer"), "id");
    done["password"] = Sha1Hex(Cat(TextAt(done, "password"), consumer));
  }
  return done;
}

void Loader::Finish() {
  for (const ConfigRow& row : errors_.rows) {
    Json done = Finished(row, *schemas_.Entity(row.entity));
    std::string id(TextAt(done, "id"));
    entities_[row.entity].emplace(std::move(id), std::move(done));
  }
}

}  // namespace

std::variant<Entities, ConfigErrors> LoadConfig(const KongSchemas& schemas, const Json& input,
                                                const LoadSettings& settings) {
  return Loader(schemas, settings).Load(input);
}

std::string DeriveId(const KongSchemas& schemas, std::string_view entity, const Json& row) {
  const KeyFacts& keys = schemas.Keys(entity);
  if (!keys.derivable) return {};
  std::string key;
  if (!keys.cache_key.empty()) {
    key = Cat(entity, ":*");
    for (std::string_view field : keys.cache_key) key += Cat(":", KeyText(row, field));
  } else {
    key = KeyText(row, keys.endpoint_key);
  }
  return key.empty() ? std::string() : UuidV5(UuidV5(kRootSpace, entity), key);
}

}  // namespace simulators
