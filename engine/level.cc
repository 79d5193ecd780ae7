#include "engine/level.h"

#include <algorithm>
#include <utility>

namespace engine {
namespace {
constexpr size_t kPortion = 2048;  // Evaluations whose results are held at a time; twice that much.
}  // namespace

void LevelRun::Run(std::span<RuleBase* const> rules) {
  for (RuleBase* rule : rules) rule->CollectDirty();
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
  for (RuleBase* rule : rules) rule->FinishBatch();
  for (RuleBase* rule : rules) rule->Withdraw();
  for (RuleBase* rule : rules) {
    for (TableBase* table : rule->tables_) table->SettleIndexes();
  }
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
