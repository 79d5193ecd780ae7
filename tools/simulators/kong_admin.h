// The read side of the Admin API: /, /status, lists and single entities, as pure functions.
// Any thread; no state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tools/simulators/declarative_config.h"
#include "tools/simulators/exchange.h"
#include "tools/simulators/kong_schema.h"

namespace simulators {

struct KongNode {
  std::string_view version, edition, database, role, node_id;
};
Json RootBody(const KongNode& node, const KongSchemas& schemas);
// `hash` is empty for a Kong with a database.
Json StatusBody(std::string_view hash, uint64_t requests);

// GET /services, /services/NAME, /services/NAME/routes, …; nullopt if the path is none of them.
std::optional<Answer> ReadEntities(const KongSchemas& schemas, const Entities& loaded,
                                   std::string_view path, const Query& query);
// What a write answers without a database; nullopt if the path names no entity.
std::optional<Answer> RefuseWrite(const KongSchemas& schemas, std::string_view method,
                                  std::string_view path);
// The body of GET /config: everything, flat, as text that can be posted again.
Json ConfigBody(const Entities& loaded);

}  // namespace simulators
