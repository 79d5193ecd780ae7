#include "kong/bisection.h"

#include <algorithm>
#include <numeric>

#include "absl/container/flat_hash_map.h"
#include "engine/assert.h"
#include "kong/fragment.h"

namespace kong {

Bisection::Bisection(std::shared_ptr<const Payload> refused,
                     const absl::flat_hash_set<uint64_t>& proven)
    : payload_(std::move(refused)) {
  for (size_t kind = 0; kind < kEntityKinds; ++kind) {
    for (PartRef ref{static_cast<EntityKind>(kind), 0}; ref.index < payload_->count(ref.kind);
         ++ref.index) {
      candidates_.push_back({.part = ref, .order = 0, .references = {}});
    }
  }
  FindReferences();
  order_.resize(candidates_.size());
  std::iota(order_.begin(), order_.end(), size_t{0});
  auto unproven = std::stable_partition(order_.begin(), order_.end(), [&](size_t candidate) {
    return proven.contains(payload_->part(candidates_[candidate].part).fingerprint);
  });
  for (size_t i = 0; i < order_.size(); ++i) candidates_[order_[i]].order = i;
  refused_ = order_.size();
  taken_ = assumed_ = static_cast<size_t>(unproven - order_.begin());
  // If nothing is new, what is wrong lies among what was taken once.
  if (taken_ == refused_) taken_ = assumed_ = 0;
}

void Bisection::FindReferences() {
  absl::flat_hash_map<std::pair<EntityKind, EntityId>, size_t> places;
  for (size_t i = 0; i < candidates_.size(); ++i) {
    places.emplace(std::pair(candidates_[i].part.kind, payload_->part(candidates_[i].part).id), i);
  }
  FragmentReader reader;
  for (Candidate& candidate : candidates_) {
    const FragmentFacts& facts =
        reader.Read(candidate.part.kind, payload_->Fragment(candidate.part));
    for (const EntityKey& key : facts.references) {
      auto at = places.find({key.kind, key.id});
      if (at != places.end()) candidate.references.push_back(at->second);
    }
  }
}

std::optional<PartRef> Bisection::culprit() const {
  if (refused_ == 0 || taken_ + 1 != refused_ || (assumed_ > 0 && assumed_ == taken_))
    return std::nullopt;
  return candidates_[order_[taken_]].part;
}

std::shared_ptr<const Payload> Bisection::Trial() {
  if (refused_ == 0 || culprit()) return nullptr;
  trial_ = taken_ + 1 == refused_ ? taken_ : taken_ + (refused_ - taken_) / 2;
  ++trials_;
  std::vector<bool> kept(candidates_.size());
  size_t next = 0;
  return CutPayload(*payload_, [&](PartRef) {
    const Candidate& candidate = candidates_[next];
    bool keep =
        candidate.order < trial_ && std::all_of(
                                        candidate.references.begin(), candidate.references.end(),
                                        [&](size_t reference) { return kept[reference]; });
    kept[next++] = keep;
    return keep;
  });
}

void Bisection::Accepted() {
  CHECK(trial_ >= taken_ && trial_ < refused_,
        "a trial lies between what is taken and what is refused");
  taken_ = trial_;
  assumed_ = 0;
}

void Bisection::Refused() {
  CHECK(trial_ >= taken_ && trial_ <= refused_,
        "a trial lies between what is taken and what is refused");
  refused_ = trial_;
  if (trial_ == taken_) taken_ = assumed_ = 0;
}

}  // namespace kong
