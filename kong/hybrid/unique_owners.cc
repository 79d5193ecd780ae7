#include "kong/hybrid/unique_owners.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "engine/text.h"

namespace kong {

uint64_t UniqueOwners::HashOfUnique(const Entity& entity) {
  if (entity.kind == EntityKind::kTarget || entity.kind == EntityKind::kPlugin) return 0;
  const std::string& key = reader_.Read(entity.kind, entity.json).unique_key;
  if (key.empty()) return 0;
  return FragmentFingerprint(engine::Cat(ArrayName(entity.kind), '\0', key)) | 1;
}

bool UniqueOwners::Move(const Patch& patch) {
  absl::flat_hash_set<EntityId> changed;
  for (const Entity& entity : patch.upserts) changed.insert(entity.id);
  bool moves = false;
  for (const Entity& entity : patch.upserts) {
    const uint64_t unique = HashOfUnique(entity);
    if (unique == 0) continue;
    auto& owners = owners_[unique];
    moves = moves || std::any_of(owners.begin(), owners.end(), [&](const EntityId& owner) {
              return owner != entity.id && changed.contains(owner);
            });
    if (std::find(owners.begin(), owners.end(), entity.id) == owners.end()) {
      owners.push_back(entity.id);
    }
  }
  return moves;
}

}  // namespace kong
