// Why a row is what it is, and what the graph looks like.
#include <algorithm>

#include "engine/graph.h"
#include "engine/text.h"

namespace engine {
namespace {

constexpr size_t kShown = 20;  // Longer lists are cut, and say so.

void AppendRank(std::string& out, const Rank& rank) {
  out += Cat("tier ", rank.tier, ", created ", rank.created_s);
  if (rank.name) out += Cat(", ", rank.ns.text(), "/", rank.name.text());
  if (rank.nth) out += Cat(", nth ", rank.nth);
}

}  // namespace

std::string Graph::Explain(std::string_view table_name, std::string_view key) const {
  const TableBase* table = FindTable(table_name);
  if (!table) {
    std::string out = Cat("there is no table ", table_name, "; there are:");
    for (auto& each : tables_) out += Cat(" ", each->name());
    return out + "\n";
  }
  std::string out;
  size_t shown = 0;
  for (GroupId row = 0; row < table->limit(); ++row) {
    if (!table->RowAt(row)) continue;
    std::string text;
    table->Describe(row, text);
    if (!key.empty() && text.find(key) == std::string::npos) continue;
    if (++shown > kShown) return out + "…\n";
    out += ExplainRow(*table, row);
  }
  if (shown == 0) out = Cat("table ", table_name, " has no row whose key contains \"", key, "\"\n");
  return out;
}

std::string Graph::ExplainRow(const TableBase& table, GroupId row) const {
  std::string out = Cat(table.name(), " ");
  table.Describe(row, out);
  out += " = ";
  if (const void* content = table.RowAt(row))
    table.type().describe(content, out);
  else
    out += "nothing";
  out += '\n';
  if (!table.claims()) return out;
  auto say = [&](Origin origin) {
    const RuleBase& rule = *rules_[origin.rule];
    out += Cat("rule ", rule.name(), " for ");
    rule.domain().Describe(origin.group, out);
  };
  Origin owner = table.claims()->OwnerOf(row);
  if (owner == kNobody) return out;
  out += "  said by ";
  say(owner);
  out += " (";
  AppendRank(out, table.claims()->RankOf(row));
  out += ")\n";
  const RuleBase& rule = *rules_[owner.rule];
  size_t shown = 0;
  for (uint64_t edge : rule.FootprintOf(owner.group)) {
    if (++shown > kShown) {
      out += "  …\n";
      break;
    }
    const IndexBase& index = *rule.reads()[ReadOf(edge)];
    out += Cat("  which read ", index.name(), " ");
    index.Describe(GroupOf(edge), out);
    size_t size = index.SizeOf(GroupOf(edge));
    out += size == 0 ? " (nothing there)\n" : size == 1 ? "\n" : Cat(" (", size, " rows)\n");
  }
  table.claims()->ForEachWaiting(row, [&](Origin origin, const Rank& rank, const void*) {
    out += "  also claimed by ";
    say(origin);
    out += " (";
    AppendRank(out, rank);
    out += ")\n";
  });
  return out;
}

std::string Graph::Dot() const {
  std::string out = "digraph kdelta {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n";
  for (auto& table : tables_) {
    out +=
        Cat("  \"", table->name(), "\" [shape=", table->is_source() ? "cylinder" : "box", "];\n");
  }
  for (auto& rule : rules_) {
    std::string node = Cat("rule ", rule->name());
    out += Cat("  \"", node, "\" [shape=ellipse, label=\"", rule->name(), "\"];\n");
    for (auto& pairs : pairs_) {
      if (&rule->domain() != pairs.get()) continue;
      out += Cat("  \"", pairs->name(), "\" -> \"", node, "\" [penwidth=2];\n");
    }
    bool over_pairs = std::any_of(pairs_.begin(), pairs_.end(),
                                  [&](auto& p) { return p.get() == &rule->domain(); });
    if (!over_pairs)
      out += Cat("  \"", rule->domain().table().name(), "\" -> \"", node, "\" [penwidth=2];\n");
    std::vector<std::string> reads;
    for (const IndexBase* read : rule->reads()) reads.push_back(read->table().name());
    std::sort(reads.begin(), reads.end());
    reads.erase(std::unique(reads.begin(), reads.end()), reads.end());
    for (auto& read : reads) out += Cat("  \"", read, "\" -> \"", node, "\";\n");
    for (const TableBase* table : rule->tables())
      out += Cat("  \"", node, "\" -> \"", table->name(), "\";\n");
  }
  return out + "}\n";
}

}  // namespace engine
