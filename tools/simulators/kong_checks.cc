#include "tools/simulators/kong_checks.h"

#include <optional>
#include <string>
#include <utility>

#include "engine/text.h"
#include "kong/validity.h"
#include "tools/simulators/kong_validator.h"

namespace simulators {
namespace {

// The verdict at an element, unless something stands there already.
void AddElementError(Json& errors, std::string_view field, size_t at, std::string verdict) {
  Json& list = errors[std::string(field)];
  if (list.is_null()) list = Json::array();
  if (!list.is_array()) return;
  while (list.size() <= at) list.push_back(nullptr);
  if (list[at].is_null()) list[at] = std::move(verdict);
}

// "paths.1": the position, if the field ends in one.
std::optional<size_t> ElementOf(std::string_view field, size_t dot) {
  if (dot == field.npos) return std::nullopt;
  auto at = engine::ParseInt(field.substr(dot + 1));
  return at ? std::optional<size_t>(static_cast<size_t>(*at)) : std::nullopt;
}

}  // namespace

void CheckInCode(RouterFlavor flavor, std::string_view entity, const Json& row, Json& errors) {
  bool expressions = flavor == RouterFlavor::kExpressions;
  for (kong::Breach& breach : kong::CheckEntity(entity, row, expressions)) {
    size_t dot = breach.field.rfind('.');
    if (breach.field.empty()) {
      AddEntityError(errors, std::move(breach.why));
    } else if (auto at = ElementOf(breach.field, dot)) {
      AddElementError(errors, breach.field.substr(0, dot), *at, std::move(breach.why));
    } else {
      AddFieldError(errors, breach.field, std::move(breach.why));
    }
  }
}

}  // namespace simulators
