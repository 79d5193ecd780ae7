// Graph::Check: the oracle. An incremental engine is trusted only as far as it can be shown to hold
// what a fresh one would compute from the same sources, in whatever order they arrived.
#include <algorithm>
#include <random>

#include "engine/graph.h"
#include "engine/text.h"

namespace engine {
namespace {

std::string KeyText(const TableBase& table, GroupId row) {
  std::string out = Cat(table.name(), " ");
  table.Describe(row, out);
  return out;
}

// Rows of `table` that are missing from or different in `other`.
absl::Status Compare(const TableBase& table, const TableBase& other, std::string_view where) {
  for (GroupId row = 0; row < table.limit(); ++row) {
    const void* mine = table.RowAt(row);
    if (!mine) continue;
    const void* theirs = other.FindRow(table.numbers().At(row));
    if (!theirs) return Internal(KeyText(table, row), " is only in the ", where, " graph");
    if (table.type().equal(mine, theirs)) continue;
    std::string a, b;
    table.type().describe(mine, a);
    table.type().describe(theirs, b);
    return Internal(KeyText(table, row), " differs: ", where, " ", a, ", the other ", b);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Graph::Check(absl::FunctionRef<void(Graph&)> declare) const {
  if (absl::Status s = CheckInvariants(); !s.ok()) return s;
  Graph fresh(NewSerialExecutor());
  declare(fresh);
  if (fresh.tables_.size() != tables_.size()) return Internal("the fresh graph has other tables");
  std::mt19937_64 random(version());
  for (size_t t = 0; t < tables_.size(); ++t) {
    const TableBase& table = *tables_[t];
    if (!table.is_source()) continue;
    std::vector<GroupId> rows;
    for (GroupId row = 0; row < table.limit(); ++row) {
      if (table.RowAt(row)) rows.push_back(row);
    }
    std::shuffle(rows.begin(), rows.end(), random);
    for (GroupId row : rows) {
      fresh.tables_[t]->SetRow(AnyRow(table.type().clone(table.RowAt(row)), &table.type()));
    }
  }
  fresh.Step();
  for (size_t t = 0; t < tables_.size(); ++t) {
    if (auto s = Compare(*tables_[t], *fresh.tables_[t], "incremental"); !s.ok()) return s;
    if (auto s = Compare(*fresh.tables_[t], *tables_[t], "fresh"); !s.ok()) return s;
    if (tables_[t]->hash() != fresh.tables_[t]->hash()) {
      return Internal("the set hash of ", tables_[t]->name(), " is not that of its rows");
    }
  }
  return fresh.CheckInvariants();
}

absl::Status Graph::CheckInvariants() const {
  for (auto& table : tables_) {
    if (auto s = CheckTable(*table); !s.ok()) return s;
  }
  for (auto& index : indexes_) {
    if (auto s = CheckIndex(*index); !s.ok()) return s;
  }
  for (auto& pairs : pairs_) {
    if (auto s = pairs->Check(); !s.ok()) return s;
  }
  for (auto& rule : rules_) {
    if (auto s = rule->Check(); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status Graph::CheckTable(const TableBase& table) const {
  SetHash hash;
  size_t size = 0;
  for (GroupId row = 0; row < table.limit(); ++row) {
    const void* content = table.RowAt(row);
    if (!content) continue;
    ++size;
    Fingerprint fingerprint = table.type().fingerprint(content);
    hash.Insert(fingerprint);
    if (fingerprint != table.fingerprints_[row])
      return Internal(KeyText(table, row), ": stale fingerprint");
    KeyBytes key;
    table.type().key_of(content, key.bytes);
    if (table.numbers().Find(key.data()) != row)
      return Internal(KeyText(table, row), ": not under its key");
  }
  if (size != table.size())
    return Internal("table ", table.name(), " counts ", table.size(), " of ", size, " rows");
  if (hash != table.hash())
    return Internal("table ", table.name(), ": the set hash is not that of its rows");
  return table.claims() ? table.claims()->Check() : absl::OkStatus();
}

absl::Status Graph::CheckIndex(const GroupIndex& index) const {
  const TableBase& table = index.table();
  size_t expected = 0, found = 0;
  for (GroupId row = 0; row < table.limit(); ++row) {
    const void* content = table.RowAt(row);
    if (!content) continue;
    std::vector<GroupId> groups;
    index.ForEachGroup(content,
                       [&](const void* key) { groups.push_back(index.numbers().Find(key)); });
    std::sort(groups.begin(), groups.end());
    expected += static_cast<size_t>(std::unique(groups.begin(), groups.end()) - groups.begin());
    for (GroupId group : groups) {
      if (group == kNoGroup)
        return Internal(KeyText(table, row), " is in no group of ", index.name());
    }
  }
  const KeyNumbers& rows = table.numbers();
  for (GroupId group = 0; group < index.limit(); ++group) {
    GroupId last = kNoGroup;
    for (GroupId row : index.MembersOf(group)) {
      ++found;
      if (!table.RowAt(row)) return Internal("index ", index.name(), " holds a row that is gone");
      if (last != kNoGroup && rows.type().compare(rows.At(last), rows.At(row)) >= 0) {
        return Internal("index ", index.name(), " is not in key order");
      }
      last = row;
    }
  }
  if (expected != found)
    return Internal("index ", index.name(), " has ", found, " members for ", expected);
  return absl::OkStatus();
}

}  // namespace engine
