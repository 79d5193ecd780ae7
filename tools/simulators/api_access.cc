#include "tools/simulators/api_access.h"

#include <algorithm>

#include "engine/text.h"

namespace simulators {
namespace {

bool Lists(const std::vector<std::string>& values, std::string_view value) {
  return std::any_of(values.begin(), values.end(),
                     [&](const std::string& one) { return one == "*" || one == value; });
}

}  // namespace

std::optional<ApiError> Forbid(const ApiUser* user, std::string_view verb, const ApiPath& path) {
  using engine::Cat;
  if (user == nullptr) return ApiError{401, "Unauthorized", "Unauthorized", Json(), ""};
  if (path.resource == nullptr || user->rules.empty()) return std::nullopt;
  std::string resource = path.resource->plural;
  if (path.status) resource += "/status";
  for (const ApiRule& rule : user->rules) {
    bool allowed = Lists(rule.groups, path.resource->group) && Lists(rule.resources, resource) &&
                   Lists(rule.verbs, verb);
    if (allowed) return std::nullopt;
  }
  std::string where = path.space.empty() ? std::string(" at the cluster scope")
                                         : Cat(" in the namespace \"", path.space, "\"");
  ApiError error{403, "Forbidden", "", Json(), ""};
  std::string name = path.name.empty() ? "" : Cat(" \"", path.name, "\"");
  error.message =
      Cat(path.resource->QualifiedName(), name, " is forbidden: User \"", user->name, "\" cannot ",
          verb, " resource \"", resource, "\" in API group \"", path.resource->group, "\"", where);
  error.details = {{"kind", path.resource->plural}};
  if (!path.name.empty()) error.details["name"] = path.name;
  if (!path.resource->group.empty()) error.details["group"] = path.resource->group;
  return error;
}

std::string_view BearerToken(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  bool bearer = authorization.size() > kScheme.size() &&
                engine::EqualIgnoringCase(authorization.substr(0, kScheme.size()), kScheme);
  return bearer ? engine::Trim(authorization.substr(kScheme.size())) : std::string_view();
}

}  // namespace simulators
