// The rows of a Kong with a database, and what its schemas and its database let nobody do to them.
//
// A row is judged, completed and stored as Kong stores it: defaults, timestamps, foreign keys as
// {"id": …}, hashed basic-auth passwords, normal addresses of targets. Unique fields and cache keys
// are unique, a reference names a row that is there, and a row that is removed takes along what
// cascades, or stays because of what does not. So whoever sends calls in a wrong order gets Kong's
// refusal, and no state in which a reference dangles can be stored at all.
//
// Two indexes, by unique key and by referred row, so a write costs O(log N). Loop thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "tools/simulators/declarative_config.h"
#include "tools/simulators/exchange.h"
#include "tools/simulators/kong_schema.h"

namespace simulators {

// Code, name and status as Kong's Admin API pairs them.
enum class KongErrorCode {
  kSchema = 2,
  kPrimaryKey = 3,
  kForeignKey = 4,
  kUnique = 5,
  kNotFound = 6,
  kOffset = 7,
  kSize = 9,
  kOptions = 11,
  kUnresolved = 13,
  kReferenced = 19,
};
Answer ErrorAnswer(KongErrorCode code, std::string_view message, Json fields);

class KongDatabase {
 public:
  struct World {
    std::function<int64_t()> now_seconds;
    std::function<std::string()> random_id;
  };
  // A row, or the answer that refuses it.
  using Outcome = std::variant<Json, Answer>;

  KongDatabase(const KongSchemas& schemas, World world);

  const KongSchemas& schemas() const { return schemas_; }
  const Entities& rows() const { return rows_; }
  const Json* Find(std::string_view entity, std::string_view id) const;
  // By id, or by the entity's endpoint key among the rows that `parent_field` ties to `parent`.
  const Json* FindNamed(std::string_view entity, std::string_view id_or_key,
                        std::string_view parent_field = {}, std::string_view parent = {}) const;
  // Ids of what refers to a row, by entity and field.
  std::vector<std::string> Children(std::string_view entity, std::string_view field,
                                    std::string_view parent) const;

  Outcome Create(std::string_view entity, Json row);
  Outcome Replace(std::string_view entity, const std::string& id, Json row);  // Creates it, too.
  Outcome Merge(std::string_view entity, const std::string& id, const Json& changes);
  // The answer that refuses it; removing what is not there is no error.
  std::optional<Answer> Remove(std::string_view entity, const std::string& id);
  void Clear();
  // What changed rows so far; a test that looks twice sees whether anything was written.
  uint64_t writes() const { return writes_; }

 private:
  using Reference = std::tuple<std::string, std::string, std::string>;  // Entity, field, id.

  std::optional<Answer> Complete(std::string_view entity, Json& row, const Json* before) const;
  std::optional<Answer> Resolve(std::string_view entity, Json& row) const;
  void Derive(std::string_view entity, Json& row, const Json* before) const;
  std::vector<std::pair<std::string, Json>> UniqueKeys(std::string_view entity,
                                                       const Json& row) const;
  std::optional<Answer> Clash(std::string_view entity, const Json& row) const;
  Outcome Store(std::string_view entity, Json row, const Json* before);
  std::optional<Answer> ReplaceSnis(const std::string& certificate, const Json& names);
  void Index(std::string_view entity, const Json& row, bool add);
  std::string Referrer(std::string_view entity, const std::string& id) const;
  void Erase(std::string_view entity, const std::string& id);

  const KongSchemas& schemas_;
  const World world_;
  Entities rows_;
  std::map<std::string, std::string> unique_;            // Key -> id.
  std::map<std::string, std::set<Reference>> referred_;  // Id -> who refers to it.
  uint64_t writes_ = 0;
};

}  // namespace simulators
