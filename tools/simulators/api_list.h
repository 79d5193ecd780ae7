// Lists as the API server reads and writes them: which snapshot, which page, in which form.
// Pure functions over a store. Single thread.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "tools/simulators/api_path.h"
#include "tools/simulators/api_store.h"
#include "tools/simulators/exchange.h"

namespace simulators {

// What limit, continue, resourceVersion, resourceVersionMatch and the selectors ask for. A list at
// "0" is read at revision `stale`, if that is positive.
std::variant<ApiListQuery, ApiError> ReadListQuery(const ApiStore& store, const ApiPath& path,
                                                   const Query& query, int64_t stale);
std::string ListText(const ApiStore& store, const ApiListQuery& query, bool metadata_only);

}  // namespace simulators
