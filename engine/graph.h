// The graph: sources, tables, indexes, pairs and rules, and the epoch that brings them up to date.
//
//   engine::Graph graph(engine::NewExecutor(0));
//   auto& services = graph.AddSource<Service>("services");
//   auto& ports = graph.AddTable<Port>("ports");
//   graph.AddRule("ports", services, {}, std::tie(ports), [](const Service& s, Reader&,
//   Emitter<Port>& say) { … }); services.Set(…); graph.Step();
//
// A graph is declared once, in order: a rule may read only tables that are complete, that is, whose
// rules were all declared before. So cycles cannot be written and levels are static. One thread,
// the engine's, declares, sets sources and steps; during Step the executor lends threads to
// evaluation only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "engine/emitter.h"
#include "engine/executor.h"
#include "engine/pairs.h"
#include "engine/reader.h"
#include "engine/rule.h"
#include "engine/table.h"

namespace engine {

// An index of rows R by groups G. `groups_of` calls `visit` with each group of a row; it must be
// pure.
template <Row R, RowKey G>
class Index final : public GroupIndex {
 public:
  using GroupKey = G;
  using GroupsOfRow = void (*)(const R& row, absl::FunctionRef<void(const G&)> visit);
  Index(std::string name, Table<R>& table, GroupsOfRow groups_of)
      : GroupIndex(std::move(name), table, &kKeyType<G>,
                   [groups_of](const void* row, Visit visit) {
                     groups_of(*static_cast<const R*>(row), [&](const G& key) { visit(&key); });
                   }),
        rows_(table) {}
  Group<R> At(GroupId group) const { return {&rows_, &MembersOf(group)}; }
  Group<R> Find(const G& key) const {
    GroupId group = numbers().Find(&key);
    return group == kNoGroup ? Group<R>() : At(group);
  }
  G KeyAt(GroupId group) const {
    G key;
    std::memcpy(static_cast<void*>(&key), numbers().At(group), sizeof key);
    return key;
  }

 private:
  const Table<R>& rows_;
};

// The pairs of rows of two indexes that meet in a group.
template <Row A_, Row B_, RowKey G>
class Pairs final : public PairsBase {
 public:
  using RowB = B_;
  Pairs(std::string name, Index<A_, G>& a, Index<B_, G>& b) : PairsBase(std::move(name), a, b) {}
  const A_* A(GroupId pair) const { return static_cast<const A_*>(RowA(pair)); }
  const B_* B(GroupId pair) const { return static_cast<const B_*>(PairsBase::RowB(pair)); }
};

class Graph {
 public:
  // Versions grow from `start`; 0 is "before everything" and never published.
  explicit Graph(std::unique_ptr<Executor> executor, Version start = 0)
      : executor_(std::move(executor)), epoch_{.published = start} {}
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  template <Row R>
  Source<R>& AddSource(std::string name) {
    return Keep(std::make_unique<Source<R>>(std::move(name), epoch_));
  }
  template <Row R>
  Table<R>& AddTable(std::string name) {
    auto& table = Keep(std::make_unique<Table<R>>(std::move(name), epoch_));
    GiveClaims(table);
    return table;
  }
  template <RowKey G, Row R>
  Index<R, G>& AddIndex(std::string name, Table<R>& table,
                        typename Index<R, G>::GroupsOfRow groups_of) {
    auto index = std::make_unique<Index<R, G>>(std::move(name), table, groups_of);
    auto& raw = *index;
    AddIndexTo(table, std::move(index));
    return raw;
  }
  template <Row A, Row B, RowKey G>
  Pairs<A, B, G>& AddPairs(std::string name, Index<A, G>& a, Index<B, G>& b) {
    auto pairs = std::make_unique<Pairs<A, B, G>>(std::move(name), a, b);
    auto& raw = *pairs;
    AddPairsOf(a, b, std::move(pairs));
    return raw;
  }
  // `rule` is called as rule.h says, from any thread, and must be pure. `reads` lists every table
  // and index that it looks into apart from its domain.
  template <class D, class Fn, Row... Outs>
  void AddRule(std::string name, D& domain, std::vector<IndexBase*> reads,
               std::tuple<Table<Outs>&...> tables, Fn rule) {
    AddRule(std::make_unique<RuleOf<D, Fn, Outs...>>(std::move(name),
                                                     static_cast<uint32_t>(rules_.size()), domain,
                                                     std::move(reads), tables, std::move(rule)));
  }

  // One epoch: what was set in the sources becomes visible, and everything that follows from it.
  EpochStats Step();
  Version version() const { return epoch_.published; }
  // For work between epochs, of whoever owns the graph.
  Executor& executor() { return *executor_; }
  // A later version than any that somebody else may have issued. Only forward.
  void JumpTo(Version version);

  // Consumers of feeds: what all of them acknowledged may be forgotten. A new one starts from
  // version 0.
  using Consumer = uint32_t;
  Consumer AddConsumer();
  void Acknowledge(Consumer consumer, Version version);
  void RemoveConsumer(Consumer consumer);

  // Gives memory back to the allocator; worth it after much was deleted. O(keys).
  void Compact();

  // Every invariant of the engine; and, if `declare` is given, that a fresh graph declared by it
  // and fed the sources in shuffled order holds the same rows. Costs a from-scratch computation;
  // allowed in production.
  absl::Status Check(absl::FunctionRef<void(Graph&)> declare) const;
  absl::Status CheckInvariants() const;

  // Why a row is what it is: its content, the group that said it and what that read, and who waits.
  // Keys are matched by their text; an empty `key` lists the first of the table.
  std::string Explain(std::string_view table, std::string_view key) const;
  std::string ExplainRow(const TableBase& table, GroupId row) const;
  std::string Dot()
      const;  // The graph as a picture, for Graphviz; the same for the same declarations.

  const std::vector<std::unique_ptr<RuleBase>>& rules() const { return rules_; }
  const std::vector<std::unique_ptr<TableBase>>& tables() const { return tables_; }
  const TableBase* FindTable(std::string_view name) const;
  size_t bytes() const;

 private:
  template <class T>
  T& Keep(std::unique_ptr<T> table) {
    T& raw = *table;
    tables_.push_back(std::move(table));
    return raw;
  }
  void GiveClaims(TableBase& table);
  void AddIndexTo(TableBase& table, std::unique_ptr<GroupIndex> index);
  void AddPairsOf(GroupIndex& a, GroupIndex& b, std::unique_ptr<PairsBase> pairs);
  void AddRule(std::unique_ptr<RuleBase> rule);
  void FinishEpoch(EpochStats& stats);
  Version Acknowledged() const;
  absl::Status CheckTable(const TableBase& table) const;
  absl::Status CheckIndex(const GroupIndex& index) const;

  std::unique_ptr<Executor> executor_;
  Epoch epoch_;  // Before the tables, which keep a reference to it.
  std::vector<std::unique_ptr<TableBase>> tables_;
  std::vector<std::unique_ptr<GroupIndex>> indexes_;
  std::vector<std::unique_ptr<PairsBase>> pairs_;
  std::vector<std::unique_ptr<RuleBase>> rules_;
  absl::btree_map<Consumer, Version> consumers_;
  Consumer next_consumer_ = 0;
};

}  // namespace engine
