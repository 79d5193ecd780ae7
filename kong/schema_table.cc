#include "kong/schema_table.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/assert.h"
#include "engine/status_macros.h"
#include "engine/text.h"
#include "kong/fragment.h"
#include "kong/json_tree.h"
#include "kong/schema_bundle.h"
#include "kong/schema_check.h"
#include "kong/schema_derived.h"
#include "kong/schema_value.h"
#include "kong/validity.h"

namespace kong {
namespace {

using engine::Cat;
using engine::InvalidArgument;
using simdjson::dom::element;
using simdjson::dom::object;
using RecordPointer = std::shared_ptr<const SchemaRecord>;

constexpr std::string_view kBundle =
#include "kong/schema_bundle_3_9.inc"
    ;

constexpr double kPriorityMax = 70368744177663;  // 2^46 - 1

// The schema of a route in the flavour of expressions: only such a Kong shows it.
RecordPointer WithExpression(const SchemaRecord& routes) {
  auto record = std::make_shared<SchemaRecord>(routes);
  if (record->Find("expression") != nullptr) return record;
  SchemaField expression, priority;
  expression.name = "expression";
  expression.type = FieldType::kString;
  expression.absent_json = "null";
  priority.name = "priority";
  priority.type = FieldType::kInteger;
  priority.required = true;
  priority.default_json = priority.absent_json = "0";
  priority.least = 0;
  priority.most = kPriorityMax;
  auto before = [](const SchemaField& a, const SchemaField& b) { return a.name < b.name; };
  for (SchemaField* field : {&expression, &priority}) {
    auto at = std::upper_bound(record->fields.begin(), record->fields.end(), *field, before);
    record->fields.insert(at, *std::move(field));
  }
  return record;
}

// What belongs to who stores an entity goes.
RecordPointer WithoutTimes(const SchemaRecord& schema) {
  auto record = std::make_shared<SchemaRecord>(schema);
  std::erase_if(record->fields, [](const SchemaField& field) {
    return field.name == "created_at" || field.name == "updated_at";
  });
  return record;
}

// A plugin is what all plugins are, with its own configuration and narrower protocols.
RecordPointer Merged(const SchemaRecord& common, const SchemaRecord& own) {
  auto record = std::make_shared<SchemaRecord>(common);
  for (SchemaField& field : record->fields) {
    if (const SchemaField* special = own.Find(field.name)) field = *special;
  }
  record->checks.insert(record->checks.end(), own.checks.begin(), own.checks.end());
  record->has_shorthands = own.has_shorthands;
  return record;
}

// Moves the values of old names to where they belong; what is there already stays.
void MoveShorthands(const SchemaRecord& schema, Json& row) {
  if (!row.is_object()) return;
  for (const SchemaShorthand& old : schema.shorthands) {
    auto found = row.find(old.name);
    if (found == row.end()) continue;
    Json value = std::move(*found);
    row.erase(found);
    if (old.path.empty() || value.is_null()) continue;
    Json* at = &row;
    for (std::string_view step : engine::Split(old.path, '.')) {
      if (!at->is_object() && !at->is_null()) break;
      at = &(*at)[std::string(step)];
    }
    if (at->is_null()) *at = std::move(value);
  }
  for (const SchemaField& field : schema.fields) {
    if (field.record == nullptr || !field.record->has_shorthands) continue;
    auto found = row.find(field.name);
    if (found != row.end()) MoveShorthands(*field.record, *found);
  }
}

std::string_view TextAt(object row, std::string_view member) {
  std::string_view text;
  return row.at_key(member).get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

class Table : public SchemaTable {
 public:
  explicit Table(SchemaBundle bundle) {
    for (const auto& [name, record] : bundle.entities) entities_[name] = WithoutTimes(*record);
    auto routes = entities_.find("routes");
    if (routes != entities_.end()) expression_routes_ = WithExpression(*routes->second);
    auto common = entities_.find("plugins");
    for (const auto& [name, record] : bundle.plugins) {
      if (common != entities_.end()) plugins_[name] = Merged(*common->second, *record);
    }
  }

  bool KnowsPlugin(std::string_view name) const override {
    return plugins_.find(name) != plugins_.end();
  }
  absl::StatusOr<std::string> Complete(EntityKind kind, std::string_view fragment) const override {
    return CompleteIn(ArrayName(kind), fragment);
  }
  absl::StatusOr<std::string> CompleteIn(std::string_view array,
                                         std::string_view fragment) const override {
    return Write(array, fragment, SchemaWriter::Input::kWritten);
  }
  absl::StatusOr<std::string> Stored(std::string_view array,
                                     std::string_view fragment) const override {
    return Write(array, fragment, SchemaWriter::Input::kStored);
  }
  absl::Status Validate(EntityKind kind, std::string_view fragment) const override;

 private:
  absl::StatusOr<std::string> Write(std::string_view array, std::string_view fragment,
                                    SchemaWriter::Input input) const;
  absl::StatusOr<RecordPointer> SchemaOf(std::string_view array, object row) const;

  std::map<std::string, RecordPointer, std::less<>> entities_, plugins_;
  RecordPointer expression_routes_;
};

absl::StatusOr<object> ObjectOf(std::string_view array, std::string_view fragment) {
  ASSIGN_OR_RETURN(element root, ParseValue(fragment, Cat("an entity of ", array)));
  object row;
  if (root.get_object().get(row) != simdjson::SUCCESS)
    return InvalidArgument("an entity of ", array, " is no JSON object");
  return row;
}

// "plugins 1b4e28ba-… (rate-limiting)": what an error is about.
std::string Subject(std::string_view array, object row) {
  std::string out = Cat(array, ' ', TextAt(row, "id"));
  if (array == "plugins") out += Cat(" (", TextAt(row, "name"), ')');
  return out;
}

absl::StatusOr<RecordPointer> Table::SchemaOf(std::string_view array, object row) const {
  if (array == "plugins") {
    const std::string_view name = TextAt(row, "name");
    auto found = plugins_.find(name);
    if (found != plugins_.end()) return found->second;
    return engine::NotFound("there is no schema of the plugin ", name,
                            ": make a bundle of the Kong that has it (kdelta schemas --from URL)");
  }
  element expression;
  if (array == "routes" && expression_routes_ != nullptr &&
      row.at_key("expression").get(expression) == simdjson::SUCCESS)
    return expression_routes_;
  auto found = entities_.find(array);
  if (found != entities_.end()) return found->second;
  return engine::NotFound("there is no schema of ", array,
                          ": make a bundle of the Kong that has them (kdelta schemas --from URL)");
}

absl::StatusOr<std::string> Table::Write(std::string_view array, std::string_view fragment,
                                         SchemaWriter::Input input) const {
  ASSIGN_OR_RETURN(object row, ObjectOf(array, fragment));
  ASSIGN_OR_RETURN(RecordPointer schema, SchemaOf(array, row));
  std::string moved;
  if (schema->has_shorthands) {
    std::optional<Json> tree = ParseJson(fragment, kFragmentDepthMax);
    if (!tree) return InvalidArgument("an entity of ", array, " is not JSON");
    MoveShorthands(*schema, *tree);
    moved = DumpJson(*tree);
    ASSIGN_OR_RETURN(row, ObjectOf(array, moved));
  }
  std::string out;
  out.reserve(fragment.size() + 512);
  absl::Status status;
  std::vector<DerivedField> derived;
  if (input == SchemaWriter::Input::kWritten) {
    absl::StatusOr<std::vector<DerivedField>> made = DerivedFields(array, row);
    status = made.status();
    if (made.ok()) derived = *std::move(made);
  }
  if (status.ok()) status = SchemaWriter(out, input).WriteEntity(*schema, row, derived);
  if (!status.ok()) return engine::Annotate(status, Subject(array, row));
  return out;
}

absl::Status Table::Validate(EntityKind kind, std::string_view fragment) const {
  const std::string_view array = ArrayName(kind);
  ASSIGN_OR_RETURN(std::string completed, Complete(kind, fragment));
  ASSIGN_OR_RETURN(object row, ObjectOf(array, completed));
  ASSIGN_OR_RETURN(RecordPointer schema, SchemaOf(array, row));
  const std::string subject = Subject(array, row);
  std::optional<Json> tree = ParseJson(completed), given = ParseJson(fragment);
  CHECK(tree && given, "what was completed is JSON");
  if (absl::Status status = CheckRecord(*schema, *tree); !status.ok())
    return engine::Annotate(status, subject);
  const bool expressions = schema == expression_routes_;
  const Breaches breaches = CheckEntity(array, *given, expressions);
  if (breaches.empty()) return absl::OkStatus();
  const Breach& first = breaches.front();
  return InvalidArgument(subject, ": ", first.field.empty() ? "" : "field ", first.field,
                         first.field.empty() ? "" : ": ", first.why);
}

}  // namespace

const SchemaTable& SchemaTable::Bundled() {
  static const std::shared_ptr<const SchemaTable> table = [] {
    auto parsed = Parse(kBundle);
    CHECK(parsed.ok(), "the bundle in the program is one");
    return *parsed;
  }();
  return *table;
}

absl::StatusOr<std::shared_ptr<const SchemaTable>> SchemaTable::Parse(std::string_view bundle) {
  ASSIGN_OR_RETURN(SchemaBundle parsed, ReadSchemaBundle(bundle));
  return std::make_shared<const Table>(std::move(parsed));
}

absl::StatusOr<std::string> SchemaTable::CompleteIn(std::string_view array,
                                                    std::string_view) const {
  return engine::NotFound("there is no schema of ", array);
}

absl::StatusOr<std::string> SchemaTable::Stored(std::string_view array,
                                                std::string_view fragment) const {
  return CompleteIn(array, fragment);
}

absl::Status SchemaTable::Validate(EntityKind kind, std::string_view fragment) const {
  return Complete(kind, fragment).status();
}

}  // namespace kong
