// Kong's entity schemas: which entities there are, how they are keyed, and what their fields may
// hold.
//
// Two sources, one form. Without a folder a compact table of facts about the core entities is used
// (kong_schema_facts.cc). With a folder of schemas, as Kong's /schemas endpoints and the `kdelta
// schemas` command write them, these take over, and plugin configurations are checked too. A schema
// is kept as the JSON tree that Kong shows, because the validator walks it in Kong's own terms.
// How an entity is keyed is in no schema that Kong shows, so it stands in KeyFacts.
// Immutable after loading; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/simulators/json.h"

namespace simulators {

enum class RouterFlavor { kTraditionalCompatible, kExpressions };
std::string_view FlavorName(RouterFlavor flavor);

// How Kong tells the rows of one entity apart.
struct KeyFacts {
  std::string_view endpoint_key;    // Empty: only the id names a row.
  bool endpoint_key_unique = true;  // Then references by it work.
  std::vector<std::string_view> cache_key =
      {};                 // Fields of the derived id; empty: the endpoint key.
  bool derivable = true;  // False: a row without an id gets a random one.
};

class KongSchemas {
 public:
  static KongSchemas Facts(RouterFlavor flavor, std::string_view edition = "community");
  // Reads <folder>/*.json, <folder>/plugins/*.json and the plugin list of <folder>/root.json.
  static absl::StatusOr<KongSchemas> FromFolder(std::string_view folder, RouterFlavor flavor);

  RouterFlavor flavor() const { return flavor_; }
  // By entity, as the arrays of a declarative configuration are called; null if Kong has none.
  const Json* Entity(std::string_view entity) const;
  const std::map<std::string, Json, std::less<>>& entities() const { return entities_; }
  const KeyFacts& Keys(std::string_view entity) const;
  // The field of `child` that refers to `parent`, or empty: children may be nested in their
  // parents.
  std::string_view ReferenceField(std::string_view child, std::string_view parent) const;

  // The subschema of a plugin: null if the plugin is off, an empty object if nothing is known of
  // it.
  const Json* Plugin(std::string_view name) const;
  const std::map<std::string, Json, std::less<>>& plugins() const { return plugins_; }

 private:
  void AdoptFlavor();
  RouterFlavor flavor_ = RouterFlavor::kTraditionalCompatible;
  std::map<std::string, Json, std::less<>> entities_;
  std::map<std::string, Json, std::less<>> plugins_;
};

// The field called `name` of a schema or of a record field, or null.
const Json* FieldOf(const Json& record, std::string_view name);
// Calls `see(name, field)` for each field.
template <class See>
void ForEachField(const Json& record, See see) {
  for (const Json& one : At(record, "fields")) {
    for (const auto& [name, field] : one.items()) see(name, field);
  }
}

const std::vector<std::string_view>& BundledPlugins();  // Of the open-source edition, 3.9.
const Json& CoreEntityFacts();

}  // namespace simulators
