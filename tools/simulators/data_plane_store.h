// What a simulated v2 data plane keeps on its disk, and how deltas change it.
//
// Nothing is validated and nothing is filled, as in Kong 3.9: what is refused is only what Kong's
// code stumbles over (a version that is no number, a type that it does not have, a delete without a
// key), and then the whole batch is. A delta looks for the old row in what was committed, not in
// its own batch; names are looked up in an index that a later cleanup can spoil; rows of another
// workspace than the default one are held and never seen. Versions are Lua numbers. One thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/simulators/declarative_config.h"
#include "tools/simulators/json.h"
#include "tools/simulators/kong_schema.h"

namespace simulators {

// The id of the workspace that Kong falls back to.
inline constexpr std::string_view kBuiltInWorkspace = "0dc6f45b-8f8d-40d2-a504-473544ee190b";

// What a batch did, for those who watch.
struct DataPlaneBatch {
  bool wipe = false;
  size_t deltas = 0;
  double version = 0;
  bool touched_routes = false;  // Or services: the router is to be rebuilt.
};

class DataPlaneStore {
 public:
  // `missing_types`: of plugins that are not loaded.
  DataPlaneStore(RouterFlavor flavor, std::set<std::string, std::less<>> missing_types);

  // `answer` is the member "default" of a get_delta's result. Nullopt: there was nothing to do.
  absl::StatusOr<std::optional<DataPlaneBatch>> Apply(const Json& answer);
  void Restart(bool keep);  // A new process, on the same disk or on an empty one.

  double version() const { return version_; }
  std::string hash() const;  // configuration_hash: the version in 32 digits.
  const std::string& default_workspace() const { return default_workspace_; }
  size_t size() const { return rows_.size(); }
  // What the plane sees: by type, then by id (of `parameters` by key).
  Entities Visible() const;
  std::map<std::string, Json, std::less<>> Routes() const;
  // Rows that are there but whose unique fields do not lead to them: "routes ID name".
  std::vector<std::string> Unfindable() const;

 private:
  using Key = std::pair<std::string, std::string>;  // Type and id.
  struct Row {
    Json entity;
    std::string workspace;
  };
  using Rows = std::map<Key, Row>;

  absl::Status Check(const Json& delta) const;
  void ApplyOne(const Json& delta, bool wipe, std::map<Key, std::optional<Row>>& committed);
  void Unindex(const Key& key, const Row& row);
  void Index(const Key& key, const Row& row);
  std::vector<std::string> IndexKeys(const Key& key, const Row& row) const;
  bool IsVisible(const Key& key, const Row& row) const;

  std::shared_ptr<const KongSchemas> schemas_;
  std::set<std::string, std::less<>> missing_types_;
  Rows rows_;
  std::map<std::string, std::string> index_;  // type|workspace|field|value to id.
  double version_ = 0;
  std::string default_workspace_{kBuiltInWorkspace};
  std::string stored_workspace_;  // On disk; empty: none.
};

}  // namespace simulators
