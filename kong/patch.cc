#include "kong/patch.h"

#include <algorithm>

namespace kong {
namespace {

using Tables = std::vector<const engine::Table<Entity>*>;

// The keys of what changed since; false if that is not known any more.
bool GatherChanged(const ClassContents& contents, engine::Version since,
                   std::vector<EntityKey>& changed) {
  for (const auto* table : contents.tables().entities) {
    if (!table->ChangedSince(since,
                             [&](const EntityKey& key, const Entity*) { changed.push_back(key); }))
      return false;
  }
  return contents.ExclusionsSince(since, [&](const EntityKey& key) { changed.push_back(key); });
}

// The row of this key that the class receives; several tables may have one, of which one counts.
const Entity* Received(const ClassContents& contents, const EntityKey& key) {
  const Tables& tables = contents.tables().entities;
  for (uint32_t table = 0; table < tables.size(); ++table) {
    const Entity* row = tables[table]->Find(key);
    if (row && contents.Holds(table, *row)) return row;
  }
  return nullptr;
}

std::vector<Entity> AllOf(const ClassContents& contents) {
  std::vector<Entity> all;
  const Tables& tables = contents.tables().entities;
  for (uint32_t table = 0; table < tables.size(); ++table) {
    tables[table]->ForEach([&](const Entity& row) {
      if (contents.Holds(table, row)) all.push_back(row);
    });
  }
  return all;
}

}  // namespace

Patch MakePatch(const ClassContents& contents, engine::Version from) {
  Patch patch{.from = from, .to = contents.version(), .upserts = {}, .removals = {}};
  std::vector<EntityKey> changed;
  if (from == 0 || !GatherChanged(contents, from, changed)) {
    patch.from = 0;
    patch.upserts = AllOf(contents);
    std::sort(patch.upserts.begin(), patch.upserts.end(),
              [](const Entity& a, const Entity& b) { return a.key() < b.key(); });
    return patch;
  }
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  for (const EntityKey& key : changed) {
    if (const Entity* row = Received(contents, key))
      patch.upserts.push_back(*row);
    else
      patch.removals.push_back(key);
  }
  std::reverse(patch.removals.begin(), patch.removals.end());
  return patch;
}

}  // namespace kong
