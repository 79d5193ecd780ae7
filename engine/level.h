// One level of an epoch: its rules evaluate their dirty groups and say what came of it.
//
// Evaluations are taken in portions, whatever the rule, and flow through a pipeline of two: while
// one portion is evaluated, in parallel, the one before it is committed, by one thread. That is
// sound because a level writes only tables that no rule of it reads: tables are sealed when they
// are first read, and levels grow along reads. The one thing that both touch is the numbers of keys
// that were looked for in vain; they are given between portions, while nobody evaluates.
//
// Two threads bring a cold epoch to about half; the commit of a level stays on one thread, so more
// than a few threads bring little.
#pragma once

#include <vector>

#include "engine/epoch.h"
#include "engine/executor.h"
#include "engine/rule.h"

namespace engine {

class LevelRun {
 public:
  LevelRun(Executor& executor, Epoch& epoch) : executor_(executor), epoch_(epoch) {}
  // The rules that are awake: all assertions, then all withdrawals, then the indexes of what they
  // wrote. Adds to the counts of `stats`.
  void Run(size_t level, EpochStats& stats);
  // Tells groups which rows came and went.
  static void SettleIndexes(Epoch& epoch);

 private:
  struct Portion {
    RuleBase* rule = nullptr;
    std::vector<RuleBase::Evaluation> evaluations;
  };
  void Flow(Portion next);  // Evaluates it, and commits the one before.
  static void Commit(Portion& portion);

  Executor& executor_;
  Epoch& epoch_;
  Portion before_;
};

}  // namespace engine
