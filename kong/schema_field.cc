#include "kong/schema_field.h"

#include <algorithm>

namespace kong {

const SchemaField* SchemaRecord::Find(std::string_view name) const {
  auto at = std::lower_bound(
      fields.begin(), fields.end(), name,
      [](const SchemaField& field, std::string_view wanted) { return field.name < wanted; });
  return at != fields.end() && at->name == name ? &*at : nullptr;
}

}  // namespace kong
