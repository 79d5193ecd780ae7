// Two configurations, row by row: see configuration.h.

#include <algorithm>
#include <map>
#include <set>

#include "engine/text.h"
#include "kong/configuration.h"
#include "kong/configuration_keys.h"
#include "kong/json_tree.h"
#include "kong/redact.h"

namespace kong {
namespace {

using engine::Cat;

constexpr std::string_view kHidden = "<redacted>";
constexpr int kKeyDepthMax = 4;  // A target's upstream, a plugin's route's service.

struct Row {
  const ConfigurationRow* given = nullptr;
  Json tree;   // Completed.
  Json plain;  // The same without ids, references as keys: what is compared.
  std::string key;
};

std::string_view ReferenceOf(const Json& value) {
  return value.is_object() ? TextAt(value, "id") : Text(value);
}

// The rows of one configuration, completed.
class Side {
 public:
  Side(const Configuration& configuration, const SchemaTable& schemas,
       std::set<std::string>& notes) {
    for (const ConfigurationRow& row : configuration.rows) {
      auto completed = configuration.stored ? schemas.Stored(row.array, row.json)
                                            : schemas.CompleteIn(row.array, row.json);
      if (!completed.ok())
        notes.insert(Cat("compared as it is: ", engine::MessageOf(completed.status())));
      Row made{&row, ParseJson(completed.ok() ? *completed : row.json).value_or(Json()), {}, {}};
      for (std::string_view own : {"created_at", "updated_at", "ws_id"}) {
        if (made.tree.is_object()) made.tree.erase(std::string(own));
      }
      rows_.insert_or_assign({row.array, row.id}, std::move(made));
    }
    for (auto& [at, row] : rows_) Settle(row);
  }

  std::map<std::pair<size_t, std::string>, const Row*> ByKey() const {
    std::map<std::pair<size_t, std::string>, const Row*> all;
    for (const auto& [at, row] : rows_)
      all.emplace(std::pair(OrderOf(at.first), Cat(at.first, ' ', row.key)), &row);
    return all;
  }

  std::string ObjectOf(const Row& row, int depth = 0) const {
    if (!row.given->object.empty()) return row.given->object;
    std::map<std::string_view, std::string_view> tags;
    for (const Json& tag : At(row.tree, "tags")) {
      const std::string_view text = Text(tag);
      const size_t colon = text.find(':');
      if (colon != std::string_view::npos) tags[text.substr(0, colon)] = text.substr(colon + 1);
    }
    const std::string_view ns = tags["k8s-namespace"];
    if (!tags["k8s-name"].empty())
      return Cat(tags["k8s-kind"], ' ', ns, ns.empty() ? "" : "/", tags["k8s-name"]);
    for (const ForeignField& field : kForeignFields) {
      const Row* parent = depth < kKeyDepthMax ? Find(field, row.tree) : nullptr;
      if (parent != nullptr) return ObjectOf(*parent, depth + 1);
    }
    return {};
  }

 private:
  const Row* Find(const ForeignField& field, const Json& tree) const {
    const std::string_view id = ReferenceOf(At(tree, field.field));
    auto found = rows_.find({std::string(field.array), std::string(id)});
    return found == rows_.end() ? nullptr : &found->second;
  }

  // What stands for a row that is referred to.
  std::string KeyOf(const Row& row, int depth) const {
    const NaturalKey* keys = KeysOf(row.given->array);
    std::string key;
    bool known = false;
    for (std::string_view name :
         keys == nullptr ? std::array<std::string_view, 6>{} : keys->fields) {
      if (name.empty()) continue;
      const std::string part = PartOf(row, name, depth);
      known = known || !part.empty();
      key += Cat(part, '\x1f');
    }
    return known ? key : row.given->id;
  }

  std::string PartOf(const Row& row, std::string_view name, int depth) const {
    const Json& value = At(row.tree, name);
    if (value.is_null()) return {};
    for (const ForeignField& field : kForeignFields) {
      if (field.field != name) continue;
      const Row* parent = depth < kKeyDepthMax ? Find(field, row.tree) : nullptr;
      return parent == nullptr ? std::string(ReferenceOf(value)) : KeyOf(*parent, depth + 1);
    }
    return value.is_string() ? std::string(Text(value)) : DumpJson(value);
  }

  void Settle(Row& row) {
    row.key = KeyOf(row, 0);
    row.plain = row.tree;
    if (!row.plain.is_object()) return;
    row.plain.erase("id");
    for (const ForeignField& field : kForeignFields) {
      if (!IsSet(row.tree, field.field)) continue;
      const Row* parent = Find(field, row.tree);
      row.plain[std::string(field.field)] = parent == nullptr
                                                ? Json(ReferenceOf(At(row.tree, field.field)))
                                                : Json(KeyOf(*parent, 1));
    }
  }

  std::map<std::pair<std::string, std::string>, Row> rows_;  // By array and id.
};

// By array and id of a row, the id of its counterpart.
using Counterparts = std::map<std::pair<std::string, std::string>, std::string>;

class Differ {
 public:
  Differ(const SchemaTable& schemas, const Counterparts& known)
      : schemas_(schemas), known_(known) {}

  Change Make(ChangeKind kind, const Side& side, const Row& row) const {
    Change change;
    change.kind = kind;
    change.array = row.given->array;
    change.id = KnownId(change.array, row.given->id);
    const NaturalKey* keys = KeysOf(change.array);
    change.name = TextAt(row.tree, keys == nullptr ? "name" : keys->name);
    change.object = side.ObjectOf(row);
    if (change.array == "targets")
      change.parent = KnownId("upstreams", ReferenceOf(At(row.tree, "upstream")));
    Json shown = Shown(row, row);
    shown["id"] = change.id;
    for (const ForeignField& field : kForeignFields) {
      const std::string_view id = ReferenceOf(At(row.tree, field.field));
      if (!id.empty()) shown[std::string(field.field)] = {{"id", KnownId(field.array, id)}};
    }
    change.json = DumpJson(shown);
    return change;
  }

  std::vector<FieldChange> Fields(const Row& before, const Row& after) const {
    std::vector<FieldChange> fields;
    // What differs is found in what is there, and shown as it may be seen.
    Walk("", before.plain, after.plain, Shown(before, after), Shown(after, before), fields);
    return fields;
  }

 private:
  // As the configuration that is to be changed knows the row.
  std::string KnownId(std::string_view array, std::string_view id) const {
    auto found = known_.find({std::string(array), std::string(id)});
    return found == known_.end() ? std::string(id) : found->second;
  }

  // The row without its secrets, which one side alone may know to be secret.
  Json Shown(const Row& row, const Row& other) const {
    const NaturalKey* keys = KeysOf(row.given->array);
    const bool secret =
        row.given->secret || other.given->secret || (keys != nullptr && keys->secret);
    Entity entity;
    entity.json =
        secret ? DumpJson(row.tree) : schemas_.Masked(row.given->array, DumpJson(row.tree));
    entity.secret = secret;
    return ParseJson(WithoutPrivateKeys(ShownJson(entity))).value_or(Json::object());
  }

  static std::string Text(const Json& whole, const Json& shown) {
    if (whole.is_null() || !shown.is_null()) return DumpJson(shown);
    return DumpJson(Json(kHidden));
  }

  static void Walk(const std::string& path, const Json& before, const Json& after,
                   const Json& shown_before, const Json& shown_after,
                   std::vector<FieldChange>& out) {
    if (before == after) return;
    if (!path.empty() && !(before.is_object() && after.is_object())) {
      out.push_back({path, Text(before, shown_before), Text(after, shown_after)});
      return;
    }
    std::set<std::string> names;
    for (const Json* side : {&before, &after}) {
      for (const auto& [name, value] : side->items()) names.insert(name);
    }
    for (const std::string& name : names) {
      Walk(path.empty() ? name : Cat(path, '.', name), At(before, name), At(after, name),
           At(shown_before, name), At(shown_after, name), out);
    }
  }

  const SchemaTable& schemas_;
  const Counterparts& known_;
};

}  // namespace

ConfigurationDiff Compare(const Configuration& from, const Configuration& to,
                          const SchemaTable& schemas) {
  std::set<std::string> notes;
  const Side before(from, schemas, notes), after(to, schemas, notes);
  const auto old_rows = before.ByKey(), new_rows = after.ByKey();
  Counterparts known;
  for (const auto& [key, row] : new_rows) {
    auto old = old_rows.find(key);
    if (old != old_rows.end()) known[{row->given->array, row->given->id}] = old->second->given->id;
  }
  const Differ differ(schemas, known);
  ConfigurationDiff diff;
  for (const auto& [key, row] : new_rows) {
    auto old = old_rows.find(key);
    if (old == old_rows.end()) {
      diff.changes.push_back(differ.Make(ChangeKind::kCreated, after, *row));
    } else if (old->second->plain != row->plain) {
      diff.changes.push_back(differ.Make(ChangeKind::kUpdated, after, *row));
      diff.changes.back().fields = differ.Fields(*old->second, *row);
    }
  }
  for (auto old = old_rows.rbegin(); old != old_rows.rend(); ++old) {
    if (!new_rows.contains(old->first))
      diff.changes.push_back(differ.Make(ChangeKind::kDeleted, before, *old->second));
  }
  diff.notes.assign(notes.begin(), notes.end());
  return diff;
}

}  // namespace kong
