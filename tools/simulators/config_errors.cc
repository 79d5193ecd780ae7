// How Kong words what is wrong with a configuration: the tree of `fields`, the flattened list, and
// the Lua text of the message.

#include <algorithm>
#include <utility>

#include "engine/text.h"
#include "kong/validity.h"
#include "tools/simulators/declarative_config.h"

namespace simulators {
namespace {

using engine::Cat;

// The place for the errors of `row` in the tree that mirrors the input.
Json& PlaceOf(Json& tree, const ConfigRow& row) {
  Json& around = row.parent == nullptr ? tree : PlaceOf(tree, *row.parent);
  Json& list = around[row.entity];
  if (!list.is_array()) list = Json::array();
  while (list.size() <= row.index) list.push_back(nullptr);
  return list[row.index];
}

bool IsWord(const std::string& name) {
  auto fits = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), fits);
}

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string MemberName(const std::string& name) {
  return IsWord(name) ? name : Cat("[", Quoted(name), "]");
}

// One verdict per message, with its dotted path; array positions count from 1.
void AppendVerdicts(const Json& errors, const std::string& path, Json& out) {
  auto below = [&](const std::string& name) { return path.empty() ? name : Cat(path, ".", name); };
  if (errors.is_string()) {
    Json verdict = {{"message", errors}, {"type", path.empty() ? "entity" : "field"}};
    if (!path.empty()) verdict["field"] = path;
    out.push_back(std::move(verdict));
  } else if (errors.is_array()) {
    for (size_t at = 0; at < errors.size(); ++at)
      AppendVerdicts(errors[at], below(Cat(at + 1)), out);
  } else if (errors.is_object()) {
    for (const auto& [name, inner] : errors.items()) {
      if (name != "@entity") {
        AppendVerdicts(inner, below(name), out);
        continue;
      }
      for (const Json& message : inner) {
        Json verdict = {{"message", message}, {"type", "entity"}};
        if (!path.empty()) verdict["field"] = path;
        out.push_back(std::move(verdict));
      }
    }
  }
}

bool AllText(const Json& list) {
  return list.is_array() &&
         std::all_of(list.begin(), list.end(), [](const Json& one) { return one.is_string(); });
}

Json Flattened(const ConfigRow& row) {
  Json entity = row.value;
  if (TextAt(At(entity, row.parent_field), "id") == "pending") entity.erase(row.parent_field);
  std::string type = row.entity;
  if (type.ends_with('s')) type.pop_back();
  Json out = {{"entity_type", type}, {"errors", Json::array()}};
  if (!TextAt(entity, "name").empty()) out["entity_name"] = At(entity, "name");
  if (kong::IsUuid(TextAt(entity, "id"))) out["entity_id"] = At(entity, "id");
  if (AllText(At(entity, "tags"))) out["entity_tags"] = At(entity, "tags");
  AppendVerdicts(row.errors, "", out["errors"]);
  out["entity"] = std::move(entity);
  return out;
}

}  // namespace

Json PlainFields(const ConfigErrors& errors) {
  Json fields = errors.top;
  for (const ConfigRow& row : errors.rows) {
    if (row.errors.is_null()) continue;
    Json& place = PlaceOf(fields, row);
    if (place.is_object() && row.errors.is_object()) {
      place.update(row.errors);
    } else {
      place = row.errors;
    }
  }
  for (const auto& [entity, keys] : errors.by_key.items()) {
    if (!fields[entity].is_array()) {
      fields[entity].update(keys);
      continue;
    }
    // A Lua table may have both; as JSON all its keys become text.
    Json both = keys;
    for (size_t at = 0; at < fields[entity].size(); ++at) {
      if (!fields[entity][at].is_null()) both[Cat(at + 1)] = fields[entity][at];
    }
    fields[entity] = std::move(both);
  }
  return fields;
}

Json FlattenedErrors(const ConfigErrors& errors) {
  Json list = Json::array();
  for (const ConfigRow& row : errors.rows) {
    if (!row.errors.is_null()) list.push_back(Flattened(row));
  }
  return list.empty() ? Json::object() : list;
}

std::string LuaText(const Json& tree) {
  if (tree.is_string()) return Quoted(Text(tree));
  if (tree.is_null()) return "nil";
  if (!tree.is_structured()) return DumpJson(tree);
  std::string out;
  bool dense = true;
  for (size_t at = 0; tree.is_array() && at < tree.size(); ++at) {
    dense = dense && !tree[at].is_null();
    if (tree[at].is_null()) continue;
    out += Cat(out.empty() ? "" : ",", dense ? "" : Cat("[", at + 1, "]="), LuaText(tree[at]));
  }
  if (tree.is_object()) {
    for (const auto& [name, value] : tree.items()) {
      out += Cat(out.empty() ? "" : ",", MemberName(name), "=", LuaText(value));
    }
  }
  return Cat("{", out, "}");
}

}  // namespace simulators
