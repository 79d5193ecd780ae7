// A Kubernetes Status body: how the API server says what went wrong.
// A value type; any thread.
#pragma once

#include <string>
#include <string_view>

#include "tools/simulators/api_resource.h"
#include "tools/simulators/json.h"

namespace simulators {

struct ApiError {
  int code = 500;
  std::string reason;
  std::string message;
  Json details;                // Null: none.
  std::string continue_token;  // Of an expired list: where an inconsistent rest begins.
  Json Status() const;
};

ApiError NotFoundError(const ApiResource& resource, std::string_view name);
ApiError AlreadyExistsError(const ApiResource& resource, std::string_view name);
ApiError ConflictError(const ApiResource& resource, std::string_view name);
ApiError BadRequestError(std::string message);
ApiError InvalidError(std::string message);
ApiError MethodNotAllowedError();
ApiError UnsupportedMediaTypeError(std::string message);
ApiError NotAcceptableError();
ApiError ExpiredError(std::string message);  // 410: of lists, continue tokens and watches.
ApiError TooLargeRevisionError(int64_t wanted, int64_t current);
ApiError UnknownPathError();

}  // namespace simulators
