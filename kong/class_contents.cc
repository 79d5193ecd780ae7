#include "kong/class_contents.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"

namespace kong {
namespace {

constexpr size_t kMovedKept = 1 << 16;  // A copy that is further behind starts afresh.

}  // namespace

ClassContents::ClassContents(engine::Graph& graph, PayloadTables tables, Needs offers)
    : graph_(graph), tables_(std::move(tables)), offers_(offers), consumer_(graph.AddConsumer()) {}

ClassContents::~ClassContents() { graph_.RemoveConsumer(consumer_); }

void ClassContents::Update() {
  if (version_ != 0 && version_ == graph_.version()) return;
  const engine::Version since = version_;
  version_ = graph_.version();
  if (since == 0 || !AbsorbSince(since)) {
    AbsorbAll();
    moved_.clear();
    moved_from_ = version_;
  }
  if (stale_) Exclude();
  stale_ = false;
  graph_.Acknowledge(consumer_, held_ == 0 ? version_ : std::min(held_, version_));
}

void ClassContents::Hold(engine::Version oldest) { held_ = oldest; }

void ClassContents::AbsorbAll() {
  index_.Clear();
  refused_.clear();
  changed_.fill(version_);
  stale_ = true;
  std::vector<PayloadIndex::Row> rows;
  for (uint32_t table = 0; table < tables_.entities.size(); ++table) {
    tables_.entities[table]->ForEach([&](const Entity& row) {
      if (Fits(row.needs, offers_)) rows.push_back({row.kind, {row.id, table}, &row});
    });
  }
  index_.Load(std::move(rows), graph_.executor());
  if (!tables_.refused) return;
  tables_.refused->ForEach([&](const RefusedEntity& row) {
    if (row.key().offers == offers_) refused_.insert_or_assign(row.key(), row);
  });
}

bool ClassContents::AbsorbSince(engine::Version since) {
  for (uint32_t table = 0; table < tables_.entities.size(); ++table) {
    bool reached = tables_.entities[table]->ChangedSince(
        since, [&](const EntityKey& key, const Entity* row) { AbsorbRow(table, key, row); });
    if (!reached) return false;
  }
  if (!tables_.refused) return true;
  return tables_.refused->ChangedSince(
      since, [&](const RefusedEntity::Key& key, const RefusedEntity* row) {
        if (key.offers != offers_) return;
        stale_ = true;
        if (row)
          refused_.insert_or_assign(key, *row);
        else
          refused_.erase(key);
      });
}

void ClassContents::AbsorbRow(uint32_t table, const EntityKey& key, const Entity* row) {
  if (row && Fits(row->needs, offers_)) {
    index_.Put(table, *row);
  } else if (!index_.Remove(table, key)) {
    return;
  }
  changed_[static_cast<size_t>(key.kind)] = version_;
  stale_ = true;
}

bool ClassContents::InForce(const RefusedEntity& row) const {
  const PayloadIndex::Slot* slot = index_.Find({row.entity_kind, row.entity_id});
  return slot && slot->fingerprint == row.fingerprint;
}

std::vector<RefusedEntity::Key> ClassContents::Lifted() const {
  std::vector<RefusedEntity::Key> lifted;
  for (const auto& [key, row] : refused_) {
    if (!InForce(row)) lifted.push_back(key);
  }
  return lifted;
}

PayloadIndex::Excluded ClassContents::FindExclusions() {
  absl::flat_hash_set<uint64_t> fragments;
  absl::btree_set<ObjectRef> objects;
  for (const auto& [key, row] : refused_) {
    if (!InForce(row)) continue;
    fragments.insert(row.fingerprint);
    if (row.object != ObjectRef{}) objects.insert(row.object);
  }
  reasons_.clear();
  if (index_.sound() && fragments.empty()) return {};
  // An object is out with all that it made alone; what it shares with others stays, for their sake.
  auto refused = [&](const PayloadIndex::Slot& slot) {
    const auto& origins = slot.row->origins;
    return fragments.contains(slot.fingerprint) ||
           (!origins.empty() && !objects.empty() &&
            std::all_of(origins.begin(), origins.end(),
                        [&](const ObjectRef& origin) { return objects.contains(origin); }));
  };
  return index_.FindExclusions(refused, reasons_);
}

void ClassContents::Exclude() {
  PayloadIndex::Excluded excluded = FindExclusions();
  NoteMoved(excluded, excluded_);
  NoteMoved(excluded_, excluded);
  excluded_ = std::move(excluded);
  if (moved_.size() <= kMovedKept) return;
  moved_.clear();
  moved_from_ = version_;
}

// What is in `from` and not in `to`.
void ClassContents::NoteMoved(const PayloadIndex::Excluded& from,
                              const PayloadIndex::Excluded& to) {
  for (const auto& each : from) {
    if (to.contains(each)) continue;
    changed_[static_cast<size_t>(each.first)] = version_;
    moved_[{each.first, each.second.id}] = version_;
  }
}

bool ClassContents::ExclusionsSince(engine::Version since,
                                    absl::FunctionRef<void(const EntityKey&)> visit) const {
  if (since < moved_from_) return false;
  for (const auto& [key, at] : moved_) {
    if (at > since) visit(key);
  }
  return true;
}

}  // namespace kong
