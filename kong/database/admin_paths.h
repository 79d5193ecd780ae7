// Where the entities of a kind live in the Admin API, and what a call says of one.
//
// Most kinds have a list of their own. Targets live below their upstream only, and members of a
// consumer group below the group. Bodies are fragments with what a database wants added: tags that
// say whose the entity is, foreign keys as {"id": …}, and ids as the database knows them. Pure
// functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "kong/entity.h"

namespace kong {

// Whether a database is given entities of this kind: not custom entities and licenses, which no
// tag tells apart.
bool HasAdminPath(EntityKind kind);
// The kind whose rows these are listed below, if they have no list of their own.
std::optional<EntityKind> ListedBelow(EntityKind kind);
// Whether Kong removes such an entity together with what it refers to.
bool GoesWith(EntityKind child, EntityKind parent);
// Whether other entities may refer to one of this kind.
bool HasDependants(EntityKind kind);
// The field whose value is unique and can be set to anything for a while; empty: there is none.
std::string_view RenamableField(EntityKind kind);

// "/services"; below `parent` "/upstreams/ID/targets". Escaped where need be.
std::string ListPath(EntityKind kind, const std::optional<EntityId>& parent);
std::string EscapeQuery(std::string_view text);

// One entity, as the database knows it.
struct RemoteRow {
  EntityKind kind{};
  EntityId id;
  std::optional<EntityId> parent;  // Of what is listed below another.
  std::optional<EntityId> member;  // Of a consumer group: the consumer.
  int64_t created_at = 0;          // 0: not known. Kong would make it now, and it orders routes.
};
std::string RowPath(const RemoteRow& row);

// Translates the id of a foreign key.
using RemoteId = absl::FunctionRef<EntityId(const EntityKey&)>;
// The body that creates the row, or replaces it.
std::string RowBody(const RemoteRow& row, std::string_view fragment,
                    const std::vector<std::string>& tags, RemoteId remote_id);

// The row with its foreign keys translated, members in alphabetical order, without what Kong keeps
// for itself (times, the workspace).
std::string PlainRow(std::string_view row, RemoteId translate);

}  // namespace kong
