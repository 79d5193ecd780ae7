// Judges one entity by its schema, and says what is wrong in the shape in which Kong says it.
//
// An error tree mirrors the value: an object of fields, an array with null holes for elements, a
// string for a verdict, and the member "@entity" with a list of verdicts on a record as a whole. No
// errors: null. Rules that Kong's schemas show are read from the schema; those that Kong has in
// code only are in kong_checks.h. Nothing is changed; FillDefaults makes the row that Kong would
// store. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "tools/simulators/json.h"
#include "tools/simulators/kong_schema.h"

namespace simulators {

class KongValidator {
 public:
  explicit KongValidator(const KongSchemas& schemas) : schemas_(schemas) {}

  // `row` is of `entity`; members that are nested children must have been taken out.
  Json Validate(std::string_view entity, const Json& row) const;
  // The row with the defaults of its schema, and of its plugin's. It must be valid.
  Json FillDefaults(std::string_view entity, Json row) const;

  Json ValidateValue(const Json& value, const Json& field) const;

 private:
  Json ValidateRecord(const Json& value, const Json& record) const;
  Json ValidateElements(const Json& value, const Json& field) const;
  Json ValidateMap(const Json& value, const Json& field) const;
  void CheckRecord(const Json& value, const Json& record, Json& errors) const;
  void CheckConditional(const Json& value, const Json& record, const Json& rule,
                        Json& errors) const;
  void ValidatePlugin(const Json& row, Json& errors) const;

  const KongSchemas& schemas_;
};

// Adds a verdict on the whole record.
void AddEntityError(Json& errors, std::string verdict);
// Adds a verdict on a field, unless it has one.
void AddFieldError(Json& errors, std::string_view dotted, Json verdict);

}  // namespace simulators
