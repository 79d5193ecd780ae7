#include "tools/simulators/api_status.h"

#include <utility>

#include "engine/text.h"

namespace simulators {
namespace {

using engine::Cat;

ApiError Named(int code, std::string reason, const ApiResource& resource, std::string_view name,
               std::string message) {
  Json details = {{"name", name}, {"kind", resource.plural}};
  if (!resource.group.empty()) details["group"] = resource.group;
  return {code, std::move(reason), std::move(message), std::move(details), ""};
}

ApiError Plain(int code, std::string reason, std::string message) {
  return {code, std::move(reason), std::move(message), Json(), ""};
}

}  // namespace

Json ApiError::Status() const {
  Json metadata = Json::object();
  if (!continue_token.empty()) metadata["continue"] = continue_token;
  Json body = {{"kind", "Status"},    {"apiVersion", "v1"}, {"metadata", metadata},
               {"status", "Failure"}, {"message", message}, {"reason", reason},
               {"code", code}};
  if (!details.is_null()) body["details"] = details;
  return body;
}

ApiError NotFoundError(const ApiResource& resource, std::string_view name) {
  return Named(404, "NotFound", resource, name,
               Cat(resource.QualifiedName(), " \"", name, "\" not found"));
}

ApiError AlreadyExistsError(const ApiResource& resource, std::string_view name) {
  return Named(409, "AlreadyExists", resource, name,
               Cat(resource.QualifiedName(), " \"", name, "\" already exists"));
}

ApiError ConflictError(const ApiResource& resource, std::string_view name) {
  return Named(409, "Conflict", resource, name,
               Cat("Operation cannot be fulfilled on ", resource.QualifiedName(), " \"", name,
                   "\": the object has been modified; please apply your changes to the latest "
                   "version and try again"));
}

ApiError BadRequestError(std::string message) {
  return Plain(400, "BadRequest", std::move(message));
}

ApiError InvalidError(std::string message) { return Plain(422, "Invalid", std::move(message)); }

ApiError MethodNotAllowedError() {
  return Plain(405, "MethodNotAllowed",
               "the server does not allow this method on the requested resource");
}

ApiError UnsupportedMediaTypeError(std::string message) {
  return Plain(415, "UnsupportedMediaType", std::move(message));
}

ApiError NotAcceptableError() {
  return Plain(406, "NotAcceptable",
               "only the following media types are accepted: application/json");
}

ApiError ExpiredError(std::string message) { return Plain(410, "Expired", std::move(message)); }

ApiError TooLargeRevisionError(int64_t wanted, int64_t current) {
  ApiError error = Plain(
      504, "Timeout", Cat("Timeout: Too large resource version: ", wanted, ", current: ", current));
  error.details = {
      {"causes",
       {{{"reason", "ResourceVersionTooLarge"}, {"message", "Too large resource version"}}}},
      {"retryAfterSeconds", 1}};
  return error;
}

ApiError UnknownPathError() {
  return Plain(404, "NotFound", "the server could not find the requested resource");
}

}  // namespace simulators
