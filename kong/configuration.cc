#include "kong/configuration.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/text.h"
#include "kong/certificate.h"
#include "kong/configuration_keys.h"
#include "kong/fragment.h"
#include "kong/json_tree.h"

namespace kong {
namespace {

using engine::Cat;
using engine::InvalidArgument;

// What a nested array's rows call the row in which they stand.
std::string_view ParentField(std::string_view array) {
  for (const ForeignField& one : kForeignFields) {
    if (one.array == array && one.field != "client_certificate") return one.field;
  }
  return {};
}

bool IsListOfRows(std::string_view member, const Json& value) {
  if (!value.is_array() || value.empty() || KeysOf(member) == nullptr) return false;
  return value.front().is_object() || member == "snis";
}

class DocumentReader {
 public:
  absl::StatusOr<Configuration> Read(const Json& document) {
    if (!document.is_object()) return InvalidArgument("a configuration is a map of lists");
    configuration_.stored = At(document, "_transform") == false;
    for (const auto& [array, rows] : document.items()) {
      if (array.starts_with('_') || !rows.is_array()) continue;
      for (const Json& row : rows) {
        if (!row.is_object()) return InvalidArgument(array, ": a list of entities is expected");
        Add(array, row, {}, {});
      }
    }
    ResolveNames();
    return std::move(configuration_);
  }

 private:
  void Add(const std::string& array, Json row, std::string_view parent_field,
           const std::string& parent) {
    if (!parent_field.empty()) row[std::string(parent_field)] = parent;
    std::vector<std::pair<std::string, Json>> nested;
    for (auto member = row.begin(); member != row.end();) {
      const bool children = IsListOfRows(member.key(), *member) && !ParentField(array).empty() &&
                            !(array == "routes" && member.key() == "snis");
      if (children) nested.emplace_back(member.key(), std::move(*member));
      member = children ? row.erase(member) : std::next(member);
    }
    if (TextAt(row, "id").empty()) row["id"] = IdOf(array, row);
    const std::string id(TextAt(row, "id"));
    rows_.push_back({array, row});
    for (auto& [child, list] : nested) {
      for (Json& one : list) {
        Json whole = one.is_string() ? Json{{"name", one}} : std::move(one);
        if (whole.is_object()) Add(child, std::move(whole), ParentField(array), id);
      }
    }
  }

  static std::string IdOf(const std::string& array, const Json& row) {
    const std::string name(TextAt(row, KeysOf(array) == nullptr ? "name" : KeysOf(array)->name));
    if (!name.empty() && KeysOf(array) != nullptr && KeysOf(array)->named)
      return DeriveId(array, name).text();
    return DeriveId(array, Sha256Hex(DumpJson(row))).text();
  }

  // References by name become ids, now that all names are known.
  void ResolveNames() {
    std::map<std::pair<std::string, std::string>, std::string> ids;
    for (const auto& [array, row] : rows_) {
      const NaturalKey* key = KeysOf(array);
      if (key == nullptr || !key->named) continue;
      ids[{array, std::string(TextAt(row, key->name))}] = TextAt(row, "id");
    }
    for (auto& [array, row] : rows_) {
      for (const ForeignField& field : kForeignFields) {
        auto member = row.find(field.field);
        if (member == row.end() || !member->is_string()) continue;
        auto found = ids.find({std::string(field.array), std::string(Text(*member))});
        if (found != ids.end()) *member = found->second;
      }
      configuration_.rows.push_back(
          {array, std::string(TextAt(row, "id")), DumpJson(row), "", false});
    }
  }

  std::vector<std::pair<std::string, Json>> rows_;
  Configuration configuration_;
};

}  // namespace

absl::StatusOr<Configuration> ReadConfiguration(std::string_view json) {
  const std::optional<Json> document = ParseJson(json, kFragmentDepthMax + 5);
  if (!document) return InvalidArgument("a configuration is JSON or YAML");
  return DocumentReader().Read(*document);
}

std::string WriteConfiguration(const Configuration& configuration) {
  Json document = {{"_format_version", "3.0"}};
  if (configuration.stored) document["_transform"] = false;
  for (const ConfigurationRow& row : configuration.rows) {
    Json tree = ParseJson(row.json).value_or(Json::object());
    for (auto member = tree.begin(); member != tree.end();) {
      const Json& id = At(*member, "id");
      if (id.is_string() && member->size() == 1) *member = Json(id);
      member =
          member->is_null() || member.key() == "ws_id" ? tree.erase(member) : std::next(member);
    }
    document[row.array].push_back(std::move(tree));
  }
  return DumpJson(document);
}

size_t ConfigurationDiff::Count(ChangeKind kind) const {
  return static_cast<size_t>(std::count_if(changes.begin(), changes.end(),
                                           [&](const Change& one) { return one.kind == kind; }));
}

}  // namespace kong
