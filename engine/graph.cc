#include "engine/graph.h"

#include <algorithm>

#include "engine/assert.h"
#include "engine/level.h"

namespace engine {

Graph::~Graph() {
  rules_.clear();  // Before what they point to.
}

void Graph::GiveClaims(TableBase& table) { table.claims_ = std::make_unique<Claims>(table); }

void Graph::AddIndexTo(TableBase& table, std::unique_ptr<GroupIndex> index) {
  CHECK(table.size() == 0,
        Cat("an index is added to table ", table.name(), " after its first row"));
  table.indexes_.push_back(index.get());
  indexes_.push_back(std::move(index));
}

void Graph::AddPairsOf(GroupIndex& a, GroupIndex& b, std::unique_ptr<PairsBase> pairs) {
  a.table().Seal(), b.table().Seal();
  pairs->Touch();  // For what was set before they were declared.
  pairs_.push_back(std::move(pairs));
}

void Graph::AddRule(std::unique_ptr<RuleBase> rule) {
  auto level = static_cast<size_t>(rule->level());
  if (epoch_.awake.size() <= level) epoch_.awake.resize(level + 1);
  rule->Wake(epoch_);  // For what was set before it was declared.
  rules_.push_back(std::move(rule));
}

EpochStats Graph::Step() {
  EpochStats stats;
  LevelRun run(*executor_, epoch_);
  LevelRun::SettleIndexes(epoch_);
  for (size_t level = 0; level < epoch_.awake.size(); ++level) run.Run(level, stats);
  FinishEpoch(stats);
  stats.version = ++epoch_.published;
  return stats;
}

void Graph::FinishEpoch(EpochStats& stats) {
  for (Domain* domain : epoch_.touched) {
    TableBase& table = domain->table();
    if (domain == &table) {
      if (!table.is_source()) stats.changes += table.changed().size();
      if (table.feed_size() > 2 * table.size() + 1024) table.CompactFeed(Acknowledged());
    }
    domain->ForgetChanges();
  }
  epoch_.touched.clear();
  // Last: a number is needed as long as a feed mentions it.
  for (IndexBase* index : epoch_.dying) index->ReleaseDead();
  epoch_.dying.clear();
}

void Graph::JumpTo(Version version) {
  CHECK(version >= epoch_.published, "versions only grow");
  epoch_.published = version;
}

Graph::Consumer Graph::AddConsumer() {
  consumers_[next_consumer_] = 0;
  return next_consumer_++;
}

void Graph::Acknowledge(Consumer consumer, Version version) {
  auto it = consumers_.find(consumer);
  CHECK(it != consumers_.end(), "an unknown consumer acknowledges");
  it->second = version;
}

void Graph::RemoveConsumer(Consumer consumer) { consumers_.erase(consumer); }

// What everybody knows. A consumer that knows nothing (0) starts with a walk over all rows and
// needs no tombstones, so it holds nothing back.
Version Graph::Acknowledged() const {
  Version least = epoch_.published;
  for (auto& [consumer, version] : consumers_) {
    if (version != 0) least = std::min(least, version);
  }
  return least;
}

void Graph::Compact() {
  for (auto& table : tables_) table->CompactFeed(Acknowledged()), table->ReleaseDead();
  for (auto& index : indexes_) index->ReleaseDead(), index->Compact();
  for (auto& table : tables_) table->Compact();
  for (auto& rule : rules_) rule->Compact();
}

const TableBase* Graph::FindTable(std::string_view name) const {
  auto it =
      std::find_if(tables_.begin(), tables_.end(), [&](auto& t) { return t->name() == name; });
  return it == tables_.end() ? nullptr : it->get();
}

size_t Graph::bytes() const {
  size_t n = 0;
  for (auto& table : tables_) n += table->bytes();
  for (auto& rule : rules_) n += rule->bytes();
  return n;
}

}  // namespace engine
