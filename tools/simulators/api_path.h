// What a path of the Kubernetes API names. A value; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/simulators/api_store.h"
#include "tools/simulators/exchange.h"

namespace simulators {

struct ApiPath {
  const ApiResource* resource = nullptr;
  std::string space;
  std::string name;     // Empty: the collection.
  bool status = false;  // The /status subresource.
  ApiKey key() const { return {resource, space, name}; }
};

// What the client will read of an object, by its Accept header.
enum class ApiForm { kFull, kMetadata, kNone };
ApiForm FormOf(std::string_view accept);

// Whether anybody may ask this, token or not.
bool IsPublic(std::string_view path);

// Nullopt if the path names no kind that the store serves.
std::optional<ApiPath> ParseApiPath(const ApiStore& store, std::string_view path);
// /version, /api, /apis, /api/v1, /apis/GROUP/VERSION, /healthz and its kin; nullopt if none of
// them.
std::optional<Answer> Discover(const ApiStore& store, std::string_view path,
                               std::string_view version);

}  // namespace simulators
