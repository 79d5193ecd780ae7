// A rule: a pure function that runs once per group of its domain, reads groups and says rows.
//
// Per group of its domain a rule remembers what it read (the footprint) and which keys it said. Per
// group of each index that it reads it keeps who reads it (the posting). A group that changes makes
// its readers dirty; they are evaluated in parallel against frozen tables, then committed one by
// one: footprints as a difference, rows as claims. All assertions of a level come before all
// withdrawals, so that a row which moves between groups with equal content is no change at all.
//
// RuleBase does all of it without types; RuleOf knows how to call the function. Purity: in builds
// with KDELTA_CHECKS every evaluation runs twice and must say and read the same.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "engine/claims.h"
#include "engine/emitter.h"
#include "engine/index.h"
#include "engine/pairs.h"
#include "engine/reader.h"
#include "engine/table.h"

namespace engine {

class RuleBase {
 public:
  RuleBase(std::string name, uint32_t ordinal, Domain& domain, std::vector<IndexBase*> reads,
           std::vector<TableBase*> tables);
  virtual ~RuleBase() = default;

  const std::string& name() const { return name_; }
  int level() const { return level_; }
  uint64_t evaluations() const { return evaluations_; }  // Since the start.
  uint64_t cutoffs() const { return cutoffs_; }  // Evaluations that ran and changed nothing.
  const Domain& domain() const { return domain_; }
  const std::vector<IndexBase*>& reads() const { return reads_; }
  const std::vector<TableBase*>& tables() const { return tables_; }
  bool IsRead(uint32_t read, GroupId group) const;
  // The edges of the footprint of a group, sorted.
  std::span<const uint64_t> FootprintOf(GroupId group) const;
  size_t bytes() const;

 protected:
  // Evaluates one group; says nothing if the group is empty.
  virtual void Run(GroupId group, Reader& read, std::vector<Said>& said) const = 0;

 private:
  friend class Domain;
  friend class Graph;
  friend class LevelRun;
  using Keys = absl::InlinedVector<GroupId, 4>;
  struct Evaluation {
    GroupId group = 0;
    Looks looks;
    std::vector<Said> said;
  };
  struct Withdrawal {
    TableBase* table;
    GroupId group, key;
  };

  void Wake(Epoch& epoch);  // Something that it runs over or reads has changed.
  // The steps of a level, in this order (level.h).
  void CollectDirty();                          // Into batch_.
  void Evaluate(Evaluation& evaluation) const;  // Any thread.
  void NumberMisses(Evaluation& evaluation);    // While nobody evaluates.
  void Commit(Evaluation& evaluation);          // While others evaluate, one at a time.
  void FinishBatch();
  void Withdraw();  // What they no longer say.
  void CheckPurity(const Evaluation& evaluation) const;
  void CommitFootprint(GroupId group, Looks& looks);
  bool CommitRows(GroupId group, std::vector<Said>& said);
  void Link(uint64_t edge, GroupId reader);
  void Unlink(uint64_t edge, GroupId reader);
  void Sweep();
  bool Reads(GroupId reader, uint64_t edge) const;
  Keys& SaidBy(GroupId group, size_t table) { return said_[group * tables_.size() + table]; }
  void Compact();
  absl::Status Check() const;

  std::string name_;
  uint32_t ordinal_;
  Domain& domain_;
  std::vector<IndexBase*> reads_;
  std::vector<TableBase*> tables_;
  int level_ = 0;
  bool awake_ = false;  // In this epoch, until its level is done.
  uint64_t evaluations_ = 0, cutoffs_ = 0;

  // By group of the domain.
  std::vector<absl::InlinedVector<uint64_t, 2>> footprints_;  // Sorted edges.
  std::vector<Keys> said_;                                    // One list a table; sorted.
  std::vector<bool> dirty_;
  // By read, then by group. A long list keeps withdrawn readers until half of it is dead: taking
  // one of 50,000 readers off must not scan the list.
  using Posting = absl::InlinedVector<GroupId, 4>;
  std::vector<std::vector<Posting>> postings_;
  absl::flat_hash_map<uint64_t, uint32_t> dead_;  // By edge: withdrawn readers still in the list.
  std::vector<uint64_t> sweep_;

  std::vector<GroupId> batch_;
  std::vector<Withdrawal> withdrawals_;
};

template <Row A, Row B, RowKey G>
class Pairs;
template <Row R, RowKey G>
class Index;

// Calls fn with what its domain is made of:
//   over Table<R>:      fn(const R& row, Reader&, Emitter<Outs...>&)
//   over Index<R, G>:   fn(const G& key, Group<R> rows, Reader&, Emitter<Outs...>&)
//   over Pairs<A, B>:   fn(const A& a, const B& b, Reader&, Emitter<Outs...>&)
template <class D, class Fn, Row... Outs>
class RuleOf final : public RuleBase {
 public:
  RuleOf(std::string name, uint32_t ordinal, D& domain, std::vector<IndexBase*> reads,
         std::tuple<Table<Outs>&...> tables, Fn fn)
      : RuleBase(std::move(name), ordinal, domain, std::move(reads),
                 std::apply([](auto&... t) { return std::vector<TableBase*>{&t...}; }, tables)),
        domain_(domain),
        fn_(std::move(fn)) {}

 private:
  void Run(GroupId group, Reader& read, std::vector<Said>& said) const override {
    Emitter<Outs...> say(said);
    if constexpr (requires { typename D::RowB; }) {
      if (auto* a = domain_.A(group)) fn_(*a, *domain_.B(group), read, say);
    } else if constexpr (requires { typename D::GroupKey; }) {
      auto rows = domain_.At(group);
      if (!rows.empty()) fn_(domain_.KeyAt(group), rows, read, say);
    } else {
      if (auto* row = domain_.At(group)) fn_(*row, read, say);
    }
  }
  const D& domain_;
  Fn fn_;
};

}  // namespace engine
