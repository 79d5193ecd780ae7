#include "kong/database/plan.h"

#include <algorithm>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_set.h"

namespace kong {
namespace {

class Planner {
 public:
  Planner(const Pending& pending, const Holdings& holdings)
      : pending_(pending), holdings_(holdings) {}

  Plan Run() {
    // Creations and changes first, parents first; then removals, children first.
    for (const auto& [key, entity] : pending_) {
      if (entity) AddWrite(key, entity);
    }
    for (auto at = pending_.rbegin(); at != pending_.rend(); ++at) {
      if (!at->second) AddRemoval(at->first);
    }
    // Rings add steps, and these wait for nobody.
    size_t own = plan_.size();
    for (size_t step = 0; step < own; ++step) WaitForReferences(step);
    for (size_t step = 0; step < own; ++step) WaitForKey(step);
    WaitForTargets(own);
    return std::move(plan_);
  }

 private:
  using Verb = Step::Verb;

  void AddWrite(const EntityKey& key, const std::shared_ptr<const Entity>& entity);
  void AddRemoval(const EntityKey& key);
  bool GoesAlong(const EntityKey& key, const Held& held);
  void WaitForReferences(size_t step);
  void WaitForKey(size_t step);
  void WaitForTargets(size_t own);
  bool InRing(size_t step) const;
  size_t OwnerStep(size_t step) const;
  size_t BreakRing(size_t owner);
  // The step that ends what is held under a key, or npos.
  size_t StepOf(const EntityKey& key) const {
    auto at = steps_.find(key);
    return at == steps_.end() ? kNone : at->second;
  }
  bool Removed(const EntityKey& key) const {
    auto at = pending_.find(key);
    return at != pending_.end() && !at->second;
  }
  void Wait(size_t step, size_t on, bool needs = true) {
    if (on != kNone && on != step) plan_[step].waits.push_back({on, needs});
  }

  static constexpr size_t kNone = ~size_t{0};
  const Pending& pending_;
  const Holdings& holdings_;
  Plan plan_;
  FragmentReader reader_;
  absl::btree_map<EntityKey, size_t> steps_;
  absl::btree_map<EntityKey, std::vector<EntityKey>> along_;
  absl::flat_hash_set<size_t> freed_;  // Whose key is freed by a step of its own.
};

void Planner::AddWrite(const EntityKey& key, const std::shared_ptr<const Entity>& entity) {
  const Held* held = holdings_.Find(key);
  const FragmentFacts& facts = reader_.Read(key.kind, entity->json);
  Step step{.verb = held == nullptr ? Verb::kCreate : Verb::kUpdate, .key = key, .entity = entity};
  step.facts = {.id = holdings_.RemoteIdOf(key),
                .fragment = FragmentFingerprint(entity->json),
                .unique_hash = UniqueHash(key.kind, facts),
                .created_at = held == nullptr ? 0 : held->created_at,
                .references = {facts.references.begin(), facts.references.end()}};
  steps_[key] = plan_.size();
  plan_.push_back(std::move(step));
}

// Children come before their parents here, so what goes along waits in `along_` for its parent.
bool Planner::GoesAlong(const EntityKey& key, const Held& held) {
  for (const EntityKey& parent : held.references) {
    bool goes =
        Removed(parent) && holdings_.Find(parent) != nullptr && GoesWith(key.kind, parent.kind);
    if (!goes) continue;
    std::vector<EntityKey> all = std::move(along_[key]);
    all.push_back(key);
    std::vector<EntityKey>& of_parent = along_[parent];
    of_parent.insert(of_parent.end(), all.begin(), all.end());
    return true;
  }
  return false;
}

void Planner::AddRemoval(const EntityKey& key) {
  const Held* held = holdings_.Find(key);
  if (held == nullptr || GoesAlong(key, *held)) return;
  steps_[key] = plan_.size();
  Step step{.verb = Verb::kRemove, .key = key, .entity = nullptr, .facts = *held};
  step.takes_along = std::move(along_[key]);
  plan_.push_back(std::move(step));
}

void Planner::WaitForReferences(size_t step) {
  if (plan_[step].verb != Verb::kRemove) {
    for (const EntityKey& parent : plan_[step].facts.references) {
      if (!Removed(parent)) Wait(step, StepOf(parent));
    }
  }
  // Whoever this refers to until now may go only after it.
  const Held* held = holdings_.Find(plan_[step].key);
  if (held == nullptr) return;
  for (const EntityKey& parent : held->references) {
    if (Removed(parent)) Wait(StepOf(parent) == kNone ? step : StepOf(parent), step);
  }
}

size_t Planner::OwnerStep(size_t step) const {
  const EntityKey* owner = holdings_.OwnerOf(plan_[step].facts.unique_hash);
  if (owner == nullptr || *owner == plan_[step].key) return kNone;
  return StepOf(*owner);
}

bool Planner::InRing(size_t step) const {
  size_t at = OwnerStep(step);
  for (size_t hops = 0; at != kNone && plan_[at].verb == Verb::kUpdate; ++hops) {
    if (freed_.contains(at)) return false;
    if (at == step) return true;
    if (hops > plan_.size()) return false;  // A ring further on, which this is not part of.
    at = OwnerStep(at);
  }
  return false;
}

// One more step that frees the key which the owner holds; the owner's own step comes after it.
size_t Planner::BreakRing(size_t owner) {
  freed_.insert(owner);
  Step free{.verb = Verb::kFree,
            .key = plan_[owner].key,
            .entity = nullptr,
            .facts = *holdings_.Find(plan_[owner].key)};
  if (RenamableField(free.key.kind).empty()) {
    free.verb = Verb::kRemove;
    plan_[owner].verb = Verb::kCreate;
  }
  plan_.push_back(std::move(free));
  Wait(owner, plan_.size() - 1);
  return plan_.size() - 1;
}

void Planner::WaitForKey(size_t step) {
  if (plan_[step].verb == Verb::kRemove) return;
  size_t owner = OwnerStep(step);
  if (owner == kNone) {
    // It may go along with a parent.
    const EntityKey* key = holdings_.OwnerOf(plan_[step].facts.unique_hash);
    if (key == nullptr || *key == plan_[step].key || !Removed(*key)) return;
    for (const EntityKey& parent : holdings_.Find(*key)->references) {
      if (Removed(parent)) Wait(step, StepOf(parent));
    }
    return;
  }
  bool ring = plan_[step].verb == Verb::kUpdate && InRing(step);
  Wait(step, ring ? BreakRing(owner) : owner);
}

void Planner::WaitForTargets(size_t own) {
  absl::btree_map<EntityKey, std::vector<size_t>> coming;  // By upstream.
  for (size_t step = 0; step < own; ++step) {
    const Step& one = plan_[step];
    bool comes = one.key.kind == EntityKind::kTarget && one.verb == Verb::kCreate;
    if (comes && !one.facts.references.empty()) coming[one.facts.references[0]].push_back(step);
  }
  for (size_t step = 0; step < own; ++step) {
    const Step& one = plan_[step];
    bool goes = one.key.kind == EntityKind::kTarget && one.verb == Verb::kRemove;
    if (!goes || one.facts.references.empty()) continue;
    auto others = coming.find(one.facts.references[0]);
    if (others == coming.end()) continue;
    for (size_t other : others->second) {
      // Unless the one that comes takes the address of the one that goes.
      if (OwnerStep(other) != step) Wait(step, other, false);
    }
  }
}

}  // namespace

Plan MakePlan(const Pending& pending, const Holdings& holdings) {
  return Planner(pending, holdings).Run();
}

}  // namespace kong
