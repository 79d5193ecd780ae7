// Kong's reading of a whole declarative configuration: rows in, entities out, or everything wrong.
//
// The order of steps is Kong's, because it decides what an answer shows. First every row is judged
// by its schema as it was sent. Only if all pass, ids are derived (so that only later errors show
// them), children nested in their parents are hoisted, names and ids must be unique, and references
// must lead somewhere. Errors of the last two steps are found by index, by name or by id; Kong's
// flattened answer loses those that are not found by index, and so does ours. Pure: no clock and no
// randomness but what the caller gives. Any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "tools/simulators/json.h"
#include "tools/simulators/kong_schema.h"

namespace simulators {

// By entity (as in a configuration: "services"), then by id. Foreign keys are {"id": …}.
using Entities = std::map<std::string, std::map<std::string, Json>, std::less<>>;

// One row of a configuration as it was sent, without the children nested in it.
struct ConfigRow {
  std::string entity;
  size_t index = 0;             // In its array, from 0.
  ConfigRow* parent = nullptr;  // Whose array that is; null: the configuration itself.
  std::string parent_field;     // The reference that nesting implies.
  Json value;
  Json errors;  // Null: none. A string: a verdict on the row. Else a tree of fields.
};

struct ConfigErrors {
  Json top = Json::object();     // Of the configuration itself: unknown keys and the like.
  std::deque<ConfigRow> rows;    // All rows; some have errors.
  Json by_key = Json::object();  // entity -> name or id -> verdicts.
};

// What `fields` of Kong's answer holds, without and with flatten_errors.
Json PlainFields(const ConfigErrors& errors);
Json FlattenedErrors(const ConfigErrors& errors);  // An empty object instead of an empty array.
std::string LuaText(const Json& tree);             // As Kong prints a tree in its message.

struct LoadSettings {
  int64_t now_seconds = 0;
  absl::FunctionRef<std::string()> random_id;
};
std::variant<Entities, ConfigErrors> LoadConfig(const KongSchemas& schemas, const Json& input,
                                                const LoadSettings& settings);

// The id that Kong gives to a row that has none, or empty if it would be random.
std::string DeriveId(const KongSchemas& schemas, std::string_view entity, const Json& row);

}  // namespace simulators
