// What a database holds of ours, as far as plans need it: a small row an entity, no JSON.
//
// Keys are those of our entities; the database may know an entity by another id, because it had it
// before us and we took it over. `fragment` and `stored` go together: these bytes of ours became
// that row of Kong's. So when the database is read again, a row that looks as it did after our
// write is right, whatever Kong made of our words. Loop thread only. About 150 bytes an entity;
// each call O(log N).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "kong/database/admin_paths.h"
#include "kong/entity.h"
#include "kong/fragment.h"

namespace kong {

struct Held {
  EntityId id;               // In the database.
  uint64_t fragment = 0;     // FragmentFingerprint of what it was made of; 0: not known.
  uint64_t stored = 0;       // Of the row as Kong shows it; 0: not known.
  uint64_t unique_hash = 0;  // Of kind and unique key; 0: it has none.
  int64_t created_at = 0;
  absl::InlinedVector<EntityKey, 2> references;  // By our keys.
};

class Holdings {
 public:
  using Rows = std::map<EntityKey, Held>;
  void Put(const EntityKey& key, Held held);
  void Erase(const EntityKey& key);
  const Held* Find(const EntityKey& key) const;
  const EntityKey* OwnerOf(uint64_t unique_hash) const;  // Null: nobody of ours.
  EntityId RemoteIdOf(const EntityKey& key) const;       // Ours, unless it is known by another.
  EntityId OurIdOf(const EntityKey& remote) const;       // The other way round.
  RemoteRow RemoteRowOf(const EntityKey& key, const Held& like) const;
  const Rows& rows() const { return rows_; }

 private:
  Rows rows_;
  absl::flat_hash_map<uint64_t, EntityKey> owners_;
  std::map<EntityKey, EntityId> ours_;  // By id in the database, where the two differ.
};

// Of kind and unique key; 0 if there is no key. Addresses of targets count in Kong's spelling.
uint64_t UniqueHash(EntityKind kind, const FragmentFacts& facts);
// "10.0.0.1" and "[::1]:80" as Kong writes them: with a port, IPv6 in full.
std::string NormalTarget(std::string_view target);

}  // namespace kong
