// Who may do what on a simulated API server: bearer tokens and rules in the form of RBAC.
// Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/simulators/api_path.h"
#include "tools/simulators/api_status.h"

namespace simulators {

// "*" means all; as in a ClusterRole.
struct ApiRule {
  std::vector<std::string> groups;
  std::vector<std::string> resources;  // "ingresses", "ingresses/status".
  std::vector<std::string> verbs;
};

struct ApiUser {
  std::string name;
  std::vector<ApiRule> rules;  // Empty: may do everything.
};

// The error of an exchange that `user` may not do; null user: nobody.
std::optional<ApiError> Forbid(const ApiUser* user, std::string_view verb, const ApiPath& path);
// The token of an Authorization header, or empty.
std::string_view BearerToken(std::string_view authorization);

}  // namespace simulators
