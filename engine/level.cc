#include "engine/level.h"

#include <algorithm>
#include <utility>

namespace engine {
namespace {
constexpr size_t kPortion = 2048;  // Evaluations whose results are held at a time; twice that much.
}  // namespace

void LevelRun::Run(size_t level, EpochStats& stats) {
  std::vector<RuleBase*>& rules = epoch_.awake[level];
  if (rules.empty()) return;
  std::sort(rules.begin(), rules.end(),
            [](RuleBase* a, RuleBase* b) { return a->ordinal_ < b->ordinal_; });
  for (RuleBase* rule : rules) {
    rule->CollectDirty();
    stats.evaluations += rule->batch_.size();
    stats.cutoffs -= rule->cutoffs_;
  }
  for (RuleBase* rule : rules) {
    for (size_t from = 0; from < rule->batch_.size(); from += kPortion) {
      Portion next{rule, {}};
      next.evaluations.resize(std::min(kPortion, rule->batch_.size() - from));
      for (size_t i = 0; i < next.evaluations.size(); ++i) {
        next.evaluations[i].group = rule->batch_[from + i];
      }
      Flow(std::move(next));
    }
  }
  Commit(before_);
  before_ = {};
  for (RuleBase* rule : rules) {
    stats.cutoffs += rule->cutoffs_;
    rule->FinishBatch();
  }
  for (RuleBase* rule : rules) rule->Withdraw();
  rules.clear();
  SettleIndexes(epoch_);
}

void LevelRun::SettleIndexes(Epoch& epoch) {
  for (GroupIndex* index : epoch.unsettled) index->Settle();
  epoch.unsettled.clear();
}

void LevelRun::Flow(Portion next) {
  executor_.ParallelFor(
      next.evaluations.size(), [&](size_t i) { next.rule->Evaluate(next.evaluations[i]); },
      [&] { Commit(before_); });
  for (auto& evaluation : next.evaluations) next.rule->NumberMisses(evaluation);
  before_ = std::move(next);
}

void LevelRun::Commit(Portion& portion) {
  for (auto& evaluation : portion.evaluations) portion.rule->Commit(evaluation);
}

}  // namespace engine
