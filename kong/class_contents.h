// What the gateways of one class receive: the entities, less what Kong would refuse.
//
// Follows the feeds of the entity tables and of what was refused, as a consumer of the graph.
// Update takes in what changed since the last time; then `index` holds the class's entities in
// payload order, and `excluded` those of them that must stay out (payload_index.h says why,
// `refused` what gateways said). Payloads (payload_builder.h) and patches (patch.h) are both made
// from this, so a gateway that takes single changes has what one that takes everything has.
//
// When a section last changed, and when an entity last came out or in again, are kept as versions:
// any number of readers ask from their own. Engine thread only; the graph outlives it. Cost: a
// change O(log N); if there are exclusions, a walk over all entities.
#pragma once

#include <array>
#include <vector>

#include "absl/container/btree_map.h"
#include "engine/graph.h"
#include "kong/payload.h"
#include "kong/payload_index.h"

namespace kong {

// What gateways receive. Every table keeps a feed.
struct PayloadTables {
  std::vector<const engine::Table<Entity>*> entities;
  const engine::Table<RefusedEntity>* refused = nullptr;  // Null: nothing ever is.
};

class ClassContents {
 public:
  ClassContents(engine::Graph& graph, PayloadTables tables, Needs offers);
  ~ClassContents();
  ClassContents(const ClassContents&) = delete;
  ClassContents& operator=(const ClassContents&) = delete;

  void Update();  // To the graph's last published version.
  // A copy may still be at this version, so what changed since is remembered; of several calls the
  // last counts. Without one, only as much as the feeds keep anyway.
  void Hold(engine::Version oldest);

  Needs offers() const { return offers_; }
  engine::Version version() const { return version_; }
  engine::Executor& executor() const { return graph_.executor(); }
  const PayloadTables& tables() const { return tables_; }
  const PayloadIndex& index() const { return index_; }
  const PayloadIndex::Excluded& excluded() const { return excluded_; }
  const std::vector<Exclusion>& reasons() const { return reasons_; }
  // The version at which the section last changed.
  engine::Version changed(EntityKind kind) const { return changed_[static_cast<size_t>(kind)]; }
  std::vector<RefusedEntity::Key> Lifted() const;  // Rows of `refused` that are void now.

  // Calls visit(key) for each entity that came out or in again after `since`. False, without a
  // call, if that is not known any more.
  bool ExclusionsSince(engine::Version since,
                       absl::FunctionRef<void(const EntityKey&)> visit) const;
  // Whether the class receives an entity of this key from this table now.
  bool Holds(uint32_t table, const Entity& row) const {
    return Fits(row.needs, offers_) && !excluded_.contains({row.kind, {row.id, table}});
  }

 private:
  bool AbsorbSince(engine::Version since);
  void AbsorbAll();
  void AbsorbRow(uint32_t table, const EntityKey& key, const Entity* row);
  bool InForce(const RefusedEntity& row) const;
  PayloadIndex::Excluded FindExclusions();
  void Exclude();
  void NoteMoved(const PayloadIndex::Excluded& from, const PayloadIndex::Excluded& to);

  engine::Graph& graph_;
  const PayloadTables tables_;
  const Needs offers_;
  engine::Graph::Consumer consumer_;
  engine::Version version_ = 0, held_ = 0;
  bool stale_ = false;  // Something changed, so exclusions are to be found again.
  PayloadIndex index_;
  absl::btree_map<RefusedEntity::Key, RefusedEntity> refused_;
  PayloadIndex::Excluded excluded_;
  std::vector<Exclusion> reasons_;
  std::array<engine::Version, kEntityKinds> changed_{};
  // When an entity last came out or in again; complete from `moved_from_` on.
  absl::btree_map<EntityKey, engine::Version> moved_;
  engine::Version moved_from_ = 0;
};

}  // namespace kong
