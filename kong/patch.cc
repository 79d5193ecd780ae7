#include "kong/patch.h"

#include <algorithm>
#include <functional>

namespace kong {
namespace {

bool Gather(const std::vector<const engine::Table<Entity>*>& tables, Needs offers, Patch& patch) {
  for (const engine::Table<Entity>* table : tables) {
    bool reached = table->ChangedSince(patch.from, [&](const EntityKey& key, const Entity* row) {
      if (row && Fits(row->needs, offers)) {
        patch.upserts.push_back(*row);
      } else if (patch.from > 0) {
        patch.removals.push_back(key);
      }
    });
    if (!reached) return false;
  }
  return true;
}

}  // namespace

Patch MakePatch(const std::vector<const engine::Table<Entity>*>& tables, Needs offers,
                engine::Version from, engine::Version to) {
  Patch patch{.from = from, .to = to, .upserts = {}, .removals = {}};
  if (!Gather(tables, offers, patch)) {
    patch = {.from = 0, .to = to, .upserts = {}, .removals = {}};
    Gather(tables, offers, patch);
  }
  std::sort(patch.upserts.begin(), patch.upserts.end(),
            [](const Entity& a, const Entity& b) { return a.key() < b.key(); });
  std::sort(patch.removals.begin(), patch.removals.end(), std::greater<>());
  // What moved from one table to another is there, and was not removed.
  std::erase_if(patch.removals, [&](const EntityKey& key) {
    auto at =
        std::lower_bound(patch.upserts.begin(), patch.upserts.end(), key,
                         [](const Entity& entity, const EntityKey& k) { return entity.key() < k; });
    return at != patch.upserts.end() && at->key() == key;
  });
  return patch;
}

}  // namespace kong
