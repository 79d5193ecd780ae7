#include "tools/simulators/data_plane_store.h"

#include <algorithm>
#include <cstdio>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "tools/simulators/data_plane_judge.h"

namespace simulators {
namespace {

using engine::Cat;

// Types that have no workspace of their own.
bool IsGlobal(std::string_view type) {
  return type == "workspaces" || type == "parameters" || type == "ca_certificates";
}

std::string_view IdOf(const Json& row) {
  const std::string_view id = TextAt(row, "id");
  return id.empty() ? TextAt(row, "key") : id;
}

bool IsDelete(const Json& delta) { return At(delta, "entity").is_null(); }

std::string_view IdOfDelta(const Json& delta) {
  return IdOf(At(delta, IsDelete(delta) ? "pk" : "entity"));
}

}  // namespace

DataPlaneStore::DataPlaneStore(RouterFlavor flavor,
                               std::set<std::string, std::less<>> missing_types)
    : schemas_(SharedFacts(flavor)), missing_types_(std::move(missing_types)) {}

absl::Status DataPlaneStore::Check(const Json& delta) const {
  const std::string_view type = TextAt(delta, "type");
  const bool known =
      !missing_types_.contains(type) && (IsGlobal(type) || schemas_->Entity(type) != nullptr);
  if (!known) return engine::InvalidArgument("attempt to index a nil value: db[\"", type, "\"]");
  if (!At(delta, "version").is_number()) {
    return engine::InvalidArgument("assertion failed: the version of a delta of ", type,
                                   " is not a number");
  }
  if (IdOfDelta(delta).empty()) {
    return engine::InvalidArgument("a delta of ", type, " has no primary key");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<DataPlaneBatch>> DataPlaneStore::Apply(const Json& answer) {
  const Json& deltas = At(answer, "deltas");
  if (deltas.is_null()) return engine::InvalidArgument("sync get_delta error: deltas is null");
  if (deltas.empty()) return std::nullopt;
  if (!deltas.is_array()) return engine::InvalidArgument("deltas is not a list");
  bool workspace_changed = false;
  for (const Json& delta : deltas) {
    const Json& entity = At(delta, "entity");
    if (TextAt(delta, "type") != "workspaces" || TextAt(entity, "name") != "default") continue;
    if (TextAt(entity, "id") == default_workspace_) continue;
    default_workspace_ = TextAt(entity, "id");
    workspace_changed = true;
    break;
  }
  for (const Json& delta : deltas) RETURN_IF_ERROR(Check(delta));

  DataPlaneBatch batch;
  batch.wipe = At(answer, "wipe") == Json(true);
  batch.deltas = deltas.size();
  if (batch.wipe) {
    rows_.clear();
    index_.clear();
    stored_workspace_.clear();
  }
  std::map<Key, std::optional<Row>> committed;
  for (const Json& delta : deltas) {
    ApplyOne(delta, batch.wipe, committed);
    const std::string_view type = TextAt(delta, "type");
    batch.touched_routes = batch.touched_routes || type == "routes" || type == "services";
    batch.version = At(delta, "version").get<double>();
  }
  version_ = batch.version;
  if (workspace_changed) stored_workspace_ = default_workspace_;
  return batch;
}

void DataPlaneStore::ApplyOne(const Json& delta, bool wipe,
                              std::map<Key, std::optional<Row>>& committed) {
  const Key key(TextAt(delta, "type"), IdOfDelta(delta));
  const auto now = rows_.find(key);
  const auto [before, first] = committed.try_emplace(key);
  if (first && !wipe && now != rows_.end()) before->second = now->second;
  if (before->second) {
    Unindex(key, *before->second);
    rows_.erase(key);
  }
  if (IsDelete(delta)) return;
  const std::string_view workspace = TextAt(delta, "ws_id");
  Row row{At(delta, "entity"), std::string(workspace.empty() ? default_workspace_ : workspace)};
  Index(key, row);
  rows_.insert_or_assign(key, std::move(row));
}

std::vector<std::string> DataPlaneStore::IndexKeys(const Key& key, const Row& row) const {
  std::vector<std::string> keys;
  const Json* schema = schemas_->Entity(key.first);
  if (schema == nullptr) return keys;
  ForEachField(*schema, [&](const std::string& name, const Json& field) {
    if (At(field, "unique") != Json(true) || !IsSet(row.entity, name)) return;
    keys.push_back(
        Cat(key.first, '|', row.workspace, '|', name, '|', DumpJson(At(row.entity, name))));
  });
  return keys;
}

void DataPlaneStore::Unindex(const Key& key, const Row& row) {
  for (const std::string& entry : IndexKeys(key, row)) index_.erase(entry);
}

void DataPlaneStore::Index(const Key& key, const Row& row) {
  for (const std::string& entry : IndexKeys(key, row)) index_[entry] = key.second;
}

void DataPlaneStore::Restart(bool keep) {
  if (!keep) {
    rows_.clear();
    index_.clear();
    stored_workspace_.clear();
    version_ = 0;
  }
  default_workspace_ =
      stored_workspace_.empty() ? std::string(kBuiltInWorkspace) : stored_workspace_;
}

std::string DataPlaneStore::hash() const {
  char text[64];
  const int size = std::snprintf(text, sizeof text, "%032.0f", version_);
  return std::string(text, static_cast<size_t>(size));
}

bool DataPlaneStore::IsVisible(const Key& key, const Row& row) const {
  return IsGlobal(key.first) || row.workspace == default_workspace_;
}

Entities DataPlaneStore::Visible() const {
  Entities out;
  for (const auto& [key, row] : rows_) {
    if (IsVisible(key, row)) out[key.first].emplace(key.second, row.entity);
  }
  return out;
}

std::map<std::string, Json, std::less<>> DataPlaneStore::Routes() const {
  std::map<std::string, Json, std::less<>> out;
  for (auto it = rows_.lower_bound({"routes", ""}); it != rows_.end(); ++it) {
    if (it->first.first != "routes") break;
    if (IsVisible(it->first, it->second)) out.emplace(it->first.second, it->second.entity);
  }
  return out;
}

std::vector<std::string> DataPlaneStore::Unfindable() const {
  std::vector<std::string> out;
  for (const auto& [key, row] : rows_) {
    for (const std::string& entry : IndexKeys(key, row)) {
      const auto found = index_.find(entry);
      if (found == index_.end() || found->second != key.second) {
        out.push_back(Cat(key.first, ' ', key.second, ' ', engine::Split(entry, '|')[2]));
      }
    }
  }
  return out;
}

}  // namespace simulators
