#include "kong/database/row_match.h"

#include <algorithm>
#include <array>
#include <string>

#include "kong/database/holdings.h"
#include "kong/json_tree.h"

namespace kong {
namespace {

bool IsEmpty(const Json& value) {
  return value.is_null() || (value.is_structured() && value.empty());
}

// Sets of core entities; Kong keeps no order in them.
bool IsSetField(std::string_view name) {
  constexpr std::array<std::string_view, 7> kSets = {
      "tags", "protocols", "methods", "snis", "sources", "destinations", "ca_certificates"};
  return std::find(kSets.begin(), kSets.end(), name) != kSets.end();
}

// What Kong derives, makes up or keeps for itself.
bool IsKongs(EntityKind kind, std::string_view name, const Json& wanted) {
  if (name == "id" || name == "created_at" || name == "updated_at" || name == "ws_id") return true;
  if (name == "cert_digest") return true;
  if (kind == EntityKind::kCertificate && name == "snis") return true;
  bool credential = kind >= EntityKind::kKeyAuth && kind <= EntityKind::kMtlsAuth;
  return credential && wanted.is_null();
}

bool Covers(const Json& wanted, const Json& row);

bool CoversObject(const Json& wanted, const Json& row) {
  for (const auto& [name, value] : wanted.items()) {
    if (!Covers(value, At(row, name))) return false;
  }
  return true;
}

bool CoversArray(const Json& wanted, const Json& row) {
  if (!row.is_array() || wanted.size() != row.size()) return false;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!Covers(wanted[i], row[i])) return false;
  }
  return true;
}

bool Covers(const Json& wanted, const Json& row) {
  if (IsEmpty(wanted) || IsEmpty(row)) return IsEmpty(wanted) && IsEmpty(row);
  if (wanted.is_object() && row.is_object()) return CoversObject(wanted, row);
  if (wanted.is_array()) return CoversArray(wanted, row);
  return wanted == row;  // nlohmann compares numbers by value.
}

Json Sorted(Json set) {
  if (set.is_array()) std::sort(set.begin(), set.end());
  return set;
}

bool FieldMatches(EntityKind kind, const std::string& name, const Json& wanted, const Json& row) {
  if (IsKongs(kind, name, wanted)) return true;
  if (name == "tags") {  // Tags that say whose it is are in the row only.
    return std::all_of(wanted.begin(), wanted.end(),
                       [&](const Json& tag) { return Allows(row, tag); });
  }
  if (kind == EntityKind::kTarget && name == "target") {
    return NormalTarget(Text(wanted)) == NormalTarget(Text(row));
  }
  // A fragment refers by id, a row by a record.
  if (wanted.is_string() && row.is_object()) return wanted == At(row, "id");
  return IsSetField(name) ? Covers(Sorted(wanted), Sorted(row)) : Covers(wanted, row);
}

}  // namespace

bool RowMatches(const SchemaTable* schemas, EntityKind kind, std::string_view fragment,
                std::string_view row) {
  if (kind == EntityKind::kConsumerGroupConsumer) return true;  // It is all key.
  std::string complete(fragment);
  if (schemas != nullptr) {
    absl::StatusOr<std::string> completed = schemas->Complete(kind, fragment);
    if (completed.ok()) complete = *std::move(completed);
  }
  std::string stored(row);  // With sets in the same order, as far as a schema says what is one.
  if (schemas != nullptr) {
    absl::StatusOr<std::string> sorted = schemas->Stored(ArrayName(kind), row);
    if (sorted.ok()) stored = *std::move(sorted);
  }
  std::optional<Json> wanted = ParseJson(complete), shown = ParseJson(stored);
  if (!wanted || !shown || !wanted->is_object()) return false;
  for (const auto& [name, value] : wanted->items()) {
    if (!FieldMatches(kind, name, value, At(*shown, name))) return false;
  }
  return true;
}

}  // namespace kong
