#include "tools/simulators/kong_validator.h"

#include <re2/re2.h>

#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "engine/text.h"
#include "kong/lua_pattern.h"
#include "kong/validity.h"
#include "tools/simulators/kong_checks.h"

namespace simulators {
namespace {

using engine::Cat;

// Lua has one table type, so an empty JSON object is an empty list and the other way round.
bool IsList(const Json& value) { return value.is_array() || (value.is_object() && value.empty()); }
bool IsTable(const Json& value) { return value.is_object() || (value.is_array() && value.empty()); }

bool IsWhole(const Json& value) {
  if (value.is_number_integer()) return true;
  return value.is_number_float() && std::floor(value.get<double>()) == value.get<double>();
}

std::string Plain(const Json& value) {
  return value.is_string() ? value.get<std::string>() : DumpJson(value);
}

std::string Listed(const Json& values, std::string_view quote) {
  std::string out;
  for (const Json& value : values) {
    if (!out.empty()) out += ", ";
    out += Cat(quote, Plain(value), quote);
  }
  return out;
}

// A verdict on the type, or empty.
std::string JudgeType(const Json& value, std::string_view type) {
  if (type == "string" && !value.is_string()) return "expected a string";
  if (type == "number" && !value.is_number()) return "expected a number";
  if (type == "integer" && !IsWhole(value)) return "expected an integer";
  if (type == "boolean" && !value.is_boolean()) return "expected a boolean";
  if (type == "array" && !IsList(value)) return "expected an array";
  if (type == "set" && !IsList(value)) return "expected a set";
  if (type == "map" && !IsTable(value)) return "expected a map";
  if (type == "record" && !IsTable(value)) return "expected a record";
  return {};
}

std::string JudgeNumber(const Json& value, const Json& field) {
  double number = value.get<double>();
  const Json& between = At(field, "between");
  if (between.size() == 2 &&
      (number < between[0].get<double>() || number > between[1].get<double>())) {
    return Cat("value should be between ", DumpJson(between[0]), " and ", DumpJson(between[1]));
  }
  const Json& least = At(field, "gt");
  if (least.is_number() && number <= least.get<double>()) {
    return Cat("value must be greater than ", DumpJson(least));
  }
  return {};
}

std::string JudgeLength(const Json& value, const Json& field) {
  size_t length = value.is_string() ? Text(value).size() : value.size();
  size_t least = value.is_string() ? 1 : 0;  // Kong forbids the empty string unless told otherwise.
  if (At(field, "len_min").is_number()) least = At(field, "len_min").get<size_t>();
  if (length < least) return Cat("length must be at least ", least);
  const Json& most = At(field, "len_max");
  if (most.is_number() && length > most.get<size_t>()) {
    return Cat("length must be at most ", DumpJson(most));
  }
  const Json& exact = At(field, "len_eq");
  if (exact.is_number() && length != exact.get<size_t>()) {
    return Cat("length must be ", DumpJson(exact));
  }
  return {};
}

std::string ErrOr(const Json& rule, std::string otherwise) {
  std::string_view err = TextAt(rule, "err");
  return err.empty() ? otherwise : std::string(err);
}

// Whether the pattern matches somewhere in `text`. What cannot be judged is let pass: a simulator
// that does not know must not refuse.
bool MatchesLuaPattern(std::string_view text, std::string_view pattern) {
  // A schema has a few dozen patterns, and a configuration asks each of them thousands of times.
  static std::mutex mutex;
  static auto* compiled = new std::map<std::string, std::shared_ptr<const RE2>, std::less<>>;
  std::shared_ptr<const RE2> expression;
  {
    std::lock_guard lock(mutex);
    auto found = compiled->find(pattern);
    if (found == compiled->end()) {
      found = compiled->emplace(std::string(pattern), kong::CompileLuaPattern(pattern)).first;
    }
    expression = found->second;
  }
  return expression == nullptr ||
         RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expression);
}

bool MatchesAny(std::string_view text, const Json& patterns) {
  for (const Json& pattern : patterns) {
    if (MatchesLuaPattern(text, Text(pattern))) return true;
  }
  return false;
}

std::string JudgePatterns(std::string_view text, const Json& field) {
  const Json& match = At(field, "match");
  if (match.is_string() && !MatchesLuaPattern(text, Text(match))) {
    return Cat("invalid value: ", text);
  }
  for (const Json& rule : At(field, "match_none")) {
    if (MatchesLuaPattern(text, TextAt(rule, "pattern")))
      return ErrOr(rule, Cat("invalid value: ", text));
  }
  for (const Json& rule : At(field, "match_all")) {
    if (!MatchesLuaPattern(text, TextAt(rule, "pattern")))
      return ErrOr(rule, Cat("invalid value: ", text));
  }
  const Json& any = At(field, "match_any");
  if (any.is_object() && !MatchesAny(text, At(any, "patterns"))) {
    return ErrOr(any, Cat("invalid value: ", text));
  }
  std::string_view start = TextAt(field, "starts_with");
  if (!start.empty() && !text.starts_with(start)) return Cat("should start with: ", start);
  if (At(field, "uuid") == true && !kong::IsUuid(text)) return "expected a valid UUID";
  if (At(field, "is_regex") == true) {
    if (std::string why = kong::JudgeRegex(text); !why.empty())
      return Cat("not a valid regex: ", text);
  }
  return {};
}

std::string JudgeChoice(const Json& value, const Json& field) {
  const Json& allowed = At(field, "one_of");
  if (allowed.is_array() && !Allows(allowed, value)) {
    return Cat("expected one of: ", Listed(allowed, ""));
  }
  const Json& banned = At(field, "not_one_of");
  if (banned.is_array() && Allows(banned, value)) {
    return Cat("must not be one of: ", Listed(banned, ""));
  }
  auto equal = field.find("eq");
  if (equal != field.end() && *equal != value) {
    return ErrOr(field, Cat("value must be ", Plain(*equal)));
  }
  return {};
}

std::string JudgeSubsets(const Json& value, const Json& field) {
  std::string seen_in;
  int touched = 0;
  for (const Json& subset : At(field, "mutually_exclusive_subsets")) {
    bool touches = false;
    for (const Json& element : value) touches = touches || Allows(subset, element);
    if (!touches) continue;
    ++touched;
    seen_in += Cat(seen_in.empty() ? "" : ", ", "(", Listed(subset, "'"), ")");
  }
  return touched > 1 ? Cat("these sets are mutually exclusive: ", seen_in) : std::string();
}

// A verdict on the value as a whole, or empty; elements and members are judged elsewhere.
std::string JudgeValue(const Json& value, const Json& field) {
  std::string_view type = TextAt(field, "type");
  if (std::string verdict = JudgeChoice(value, field); !verdict.empty()) return verdict;
  if (value.is_number()) return JudgeNumber(value, field);
  if (type == "string" || type == "array" || type == "set" || type == "map") {
    if (std::string verdict = JudgeLength(value, field); !verdict.empty()) return verdict;
  }
  if (value.is_string()) return JudgePatterns(Text(value), field);
  if (value.is_array()) return JudgeSubsets(value, field);
  return {};
}

Json ValidateForeign(const Json& value) {
  if (value.is_string() || TextAt(value, "id").size() > 0) return nullptr;
  return "expected a string that names an entity, or a record with its id";
}

size_t CountSet(const Json& value, const Json& names) {
  size_t count = 0;
  for (const Json& name : names) {
    const Json& at = AtPath(value, Text(name));
    if (!at.is_null() && !(at.is_array() && at.empty())) ++count;
  }
  return count;
}

// Checks of a record that only count which of the named fields are set.
std::string JudgeCounts(const Json& value, std::string_view kind, const Json& names) {
  size_t set = CountSet(value, names);
  if (kind == "at_least_one_of" && set == 0) {
    return Cat("at least one of these fields must be non-empty: ", Listed(names, "'"));
  }
  if (kind == "only_one_of" && set != 1) {
    return Cat("exactly one of these fields must be non-empty: ", Listed(names, "'"));
  }
  if (kind == "mutually_required" && set != 0 && set != names.size()) {
    return Cat("all or none of these fields must be set: ", Listed(names, "'"));
  }
  if (kind == "mutually_exclusive" && set > 1) {
    return Cat("only one or none of these fields must be set: ", Listed(names, "'"));
  }
  if (kind == "distinct" && names.size() == 2) {
    const Json& first = AtPath(value, Text(names[0]));
    if (!first.is_null() && first == AtPath(value, Text(names[1]))) {
      return Cat("values of these fields must be distinct: ", Listed(names, "'"));
    }
  }
  return {};
}

const Json& FieldAtPath(const Json& record, std::string_view dotted) {
  static const Json none = Json::object();
  const Json* field = &record;
  for (std::string_view name : engine::Split(dotted, '.')) {
    field = FieldOf(*field, name);
    if (field == nullptr) return none;
  }
  return *field;
}

Json Merged(Json field, const Json& rule) {
  if (!field.is_object()) field = Json::object();
  for (const auto& [name, value] : rule.items()) field[name] = value;
  return field;
}

bool HasShorthand(const Json& record, const std::string& name) {
  for (const Json& one : At(record, "shorthand_fields")) {
    if (one.contains(name)) return true;
  }
  return false;
}

}  // namespace

void AddEntityError(Json& errors, std::string verdict) {
  if (!errors.is_object()) errors = Json::object();
  errors["@entity"].push_back(std::move(verdict));
}

void AddFieldError(Json& errors, std::string_view dotted, Json verdict) {
  if (!errors.is_object()) errors = Json::object();
  Json* at = &errors;
  for (std::string_view name : engine::Split(dotted, '.')) {
    if (!at->is_null() && !at->is_object()) return;
    at = &(*at)[std::string(name)];
  }
  if (at->is_null()) *at = std::move(verdict);
}

Json KongValidator::ValidateValue(const Json& value, const Json& field) const {
  if (value.is_null()) {
    bool filled = At(field, "auto") == true || IsSet(field, "default");
    if (At(field, "required") != true || filled) return nullptr;
    // A record that must be there is made of its fields' defaults.
    if (!field.contains("fields")) return "required field missing";
    return ValidateRecord(Json::object(), field);
  }
  std::string_view type = TextAt(field, "type");
  if (type == "foreign" && !field.contains("eq")) return ValidateForeign(value);
  if (std::string verdict = JudgeType(value, type); !verdict.empty()) return verdict;
  if (std::string verdict = JudgeValue(value, field); !verdict.empty()) return verdict;
  if (type == "array" || type == "set") return ValidateElements(value, field);
  if (type == "map") return ValidateMap(value, field);
  if (type == "record" && field.contains("fields")) return ValidateRecord(value, field);
  return nullptr;
}

Json KongValidator::ValidateElements(const Json& value, const Json& field) const {
  Json errors;
  const Json& element = At(field, "elements");
  if (!element.is_object()) return errors;
  for (size_t at = 0; at < value.size(); ++at) {
    Json verdict = ValidateValue(value[at], element);
    if (verdict.is_null()) continue;
    if (errors.is_null()) errors = Json::array();
    while (errors.size() < at) errors.push_back(nullptr);
    errors.push_back(std::move(verdict));
  }
  return errors;
}

Json KongValidator::ValidateMap(const Json& value, const Json& field) const {
  Json errors;
  if (!value.is_object()) return errors;
  for (const auto& [name, member] : value.items()) {
    Json verdict = ValidateValue(Json(name), At(field, "keys"));
    if (verdict.is_null()) verdict = ValidateValue(member, At(field, "values"));
    if (!verdict.is_null()) errors[name] = std::move(verdict);
  }
  return errors;
}

Json KongValidator::ValidateRecord(const Json& value, const Json& record) const {
  Json errors;
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) {
      const Json* field = FieldOf(record, name);
      if (field == nullptr && !HasShorthand(record, name)) errors[name] = "unknown field";
    }
  }
  ForEachField(record, [&](const std::string& name, const Json& field) {
    Json verdict = ValidateValue(At(value, name), field);
    if (!verdict.is_null()) errors[name] = std::move(verdict);
  });
  CheckRecord(value, record, errors);
  return errors;
}

void KongValidator::CheckRecord(const Json& value, const Json& record, Json& errors) const {
  for (const Json& check : At(record, "entity_checks")) {
    for (const auto& [kind, rule] : check.items()) {
      if (kind == "conditional" || kind == "conditional_at_least_one_of") {
        CheckConditional(value, record, rule, errors);
      } else if (rule.is_array()) {
        std::string verdict = JudgeCounts(value, kind, rule);
        if (!verdict.empty()) AddEntityError(errors, std::move(verdict));
      }
    }
  }
}

void KongValidator::CheckConditional(const Json& value, const Json& record, const Json& rule,
                                     Json& errors) const {
  std::string_view if_name = TextAt(rule, "if_field");
  const Json& if_field = FieldAtPath(record, if_name);
  const Json& given = AtPath(value, if_name);
  const Json& judged = given.is_null() ? At(if_field, "default") : given;
  if (judged.is_null()) return;
  if (!ValidateValue(judged, Merged(if_field, At(rule, "if_match"))).is_null()) return;

  const Json& any_of = At(rule, "then_at_least_one_of");
  if (any_of.is_array()) {
    std::string verdict = JudgeCounts(value, "at_least_one_of", any_of);
    if (!verdict.empty())
      AddEntityError(errors, ErrOr(Json{{"err", At(rule, "then_err")}}, verdict));
    return;
  }
  std::string_view then_name = TextAt(rule, "then_field");
  const Json& then_field = FieldAtPath(record, then_name);
  const Json& then_value = AtPath(value, then_name);
  Json field = Merged(then_field, At(rule, "then_match"));
  if (At(field, "required") == true && then_value.is_null()) field.erase("default");
  Json verdict = ValidateValue(then_value, field);
  if (verdict.is_null()) return;
  if (rule.contains("then_err")) {
    AddEntityError(errors, std::string(TextAt(rule, "then_err")));
    return;
  }
  AddFieldError(errors, then_name, std::move(verdict));
  AddEntityError(errors, Cat("failed conditional validation given value of field '", if_name, "'"));
}

void KongValidator::ValidatePlugin(const Json& row, Json& errors) const {
  const Json& name = At(row, "name");
  if (!name.is_string()) return;
  const Json* plugin = schemas_.Plugin(Text(name));
  if (plugin == nullptr) {
    errors["name"] = Cat("plugin '", Text(name),
                         "' not enabled; add it to the 'plugins' configuration property");
    return;
  }
  ForEachField(*plugin, [&](const std::string& field_name, const Json& field) {
    const Json* general = FieldOf(*schemas_.Entity("plugins"), field_name);
    Json merged = Merged(general == nullptr ? Json::object() : *general, field);
    merged.erase("abstract");
    Json verdict = ValidateValue(At(row, field_name), merged);
    if (!verdict.is_null()) AddFieldError(errors, field_name, std::move(verdict));
  });
  CheckRecord(row, *plugin, errors);
}

// Of some entities a row may say after how many seconds it goes, which their schemas do not show.
static bool MayExpire(std::string_view entity) {
  return entity == "keyauth_credentials" || entity == "oauth2_tokens" ||
         entity == "oauth2_authorization_codes";
}

Json KongValidator::Validate(std::string_view entity, const Json& row) const {
  const Json* schema = schemas_.Entity(entity);
  if (schema == nullptr) return "unknown entity";
  if (!IsTable(row)) return "expected a record";
  Json errors = ValidateRecord(row, *schema);
  if (errors.is_object() && MayExpire(entity) && At(row, "ttl").is_number()) errors.erase("ttl");
  if (entity == "plugins") ValidatePlugin(row, errors);
  CheckInCode(schemas_.flavor(), entity, row, errors);
  return errors.empty() ? Json() : errors;
}

namespace {

void FillRecord(Json& value, const Json& record);

void FillField(Json& value, const std::string& name, const Json& field) {
  if (!IsSet(value, name)) {
    // A field without a default is shown as null, a record without one by its fields' defaults.
    bool descend = TextAt(field, "type") == "record" && At(field, "required") == true;
    value[name] = field.contains("default") ? field["default"] : Json();
    if (descend && value[name].is_null()) value[name] = Json::object();
  }
  bool record = TextAt(field, "type") == "record" && field.contains("fields");
  if (record && IsTable(value[name])) {
    if (value[name].is_array()) value[name] = Json::object();
    FillRecord(value[name], field);
  }
}

void FillRecord(Json& value, const Json& record) {
  ForEachField(record,
               [&](const std::string& name, const Json& field) { FillField(value, name, field); });
}

}  // namespace

Json KongValidator::FillDefaults(std::string_view entity, Json row) const {
  if (entity == "plugins") {
    const Json* plugin = schemas_.Plugin(TextAt(row, "name"));
    if (plugin != nullptr) {
      if (At(row, "config").is_null() || At(row, "config").empty()) row["config"] = Json::object();
      FillRecord(row, *plugin);
    }
  }
  FillRecord(row, *schemas_.Entity(entity));
  return row;
}

}  // namespace simulators
