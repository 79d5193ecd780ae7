#include "kong/schema_check.h"

#include <algorithm>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "kong/schema_value.h"

namespace kong {
namespace {

using engine::Cat;
using engine::InvalidArgument;

bool IsGiven(const Json& value) { return !value.is_null() && !(value.is_array() && value.empty()); }

std::string Listed(const std::vector<std::string>& fields) {
  std::string out;
  for (const std::string& field : fields) out += Cat(out.empty() ? "" : ", ", field);
  return out;
}

// Does the value keep the rule? A rule has the limits of a field and seldom its type.
bool Keeps(const SchemaField& rule, const Json& value) {
  if (value.is_null()) return !rule.required && (rule.equal.empty() || rule.equal == "null");
  const std::string json = DumpJson(value);
  if (rule.type == FieldType::kAny && value.is_array()) {
    if (rule.length && value.size() != *rule.length) return false;
    return rule.element == nullptr || std::all_of(value.begin(), value.end(), [&](const Json& one) {
             return Keeps(*rule.element, one);
           });
  }
  auto parsed = ParseValue(json, "a value");
  if (!parsed.ok()) return false;
  SchemaField typed = rule;
  if (typed.type == FieldType::kAny)
    typed.type = value.is_string()   ? FieldType::kString
                 : value.is_number() ? FieldType::kNumber
                                     : FieldType::kAny;
  std::string out;
  return SchemaWriter(out, SchemaWriter::Input::kWritten).WriteValue(typed, *parsed).ok();
}

absl::Status CheckCount(const SchemaCheck& check, const Json& row) {
  using Kind = SchemaCheck::Kind;
  const auto given = static_cast<size_t>(
      std::count_if(check.fields.begin(), check.fields.end(),
                    [&](const std::string& field) { return IsGiven(AtPath(row, field)); }));
  if ((check.kind == Kind::kAtLeastOne || check.kind == Kind::kIfAnyOf) && given == 0)
    return InvalidArgument("at least one of the fields ", Listed(check.fields), " must be set");
  if (check.kind == Kind::kOnlyOne && given != 1)
    return InvalidArgument("exactly one of the fields ", Listed(check.fields), " must be set");
  if (check.kind == Kind::kAllOrNone && given != 0 && given != check.fields.size())
    return InvalidArgument("all or none of the fields ", Listed(check.fields), " must be set");
  if (check.kind == Kind::kAtMostOne && given > 1)
    return InvalidArgument("at most one of the fields ", Listed(check.fields), " may be set");
  if (check.kind == Kind::kDistinct && given > 1 && check.fields.size() == 2 &&
      AtPath(row, check.fields[0]) == AtPath(row, check.fields[1]))
    return InvalidArgument("the fields ", Listed(check.fields), " must differ");
  return absl::OkStatus();
}

absl::Status CheckOne(const SchemaCheck& check, const Json& row) {
  using Kind = SchemaCheck::Kind;
  if (check.kind != Kind::kIf && check.kind != Kind::kIfAnyOf) return CheckCount(check, row);
  const Json& judged = AtPath(row, check.if_field);
  if (judged.is_null() || !Keeps(check.if_rule, judged)) return absl::OkStatus();
  if (check.kind == Kind::kIfAnyOf) return CheckCount(check, row);
  if (Keeps(check.then_rule, AtPath(row, check.then_field))) return absl::OkStatus();
  return InvalidArgument("field ", check.then_field, " does not go with the value of field ",
                         check.if_field, check.then_rule.required ? ": set it" : ": change one");
}

}  // namespace

absl::Status CheckRecord(const SchemaRecord& schema, const Json& row) {
  for (const SchemaCheck& check : schema.checks) RETURN_IF_ERROR(CheckOne(check, row));
  for (const SchemaField& field : schema.fields) {
    const Json& value = At(row, field.name);
    if (field.record != nullptr && value.is_object())
      RETURN_IF_ERROR(CheckRecord(*field.record, value));
    if (field.element == nullptr || field.element->record == nullptr || !value.is_array()) continue;
    for (const Json& one : value) RETURN_IF_ERROR(CheckRecord(*field.element->record, one));
  }
  return absl::OkStatus();
}

}  // namespace kong
