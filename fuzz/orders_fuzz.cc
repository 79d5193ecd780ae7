// Oracle: the same edits give the same tables, in one epoch or many, in any order within an epoch,
// with any executor.
#include <algorithm>
#include <vector>

#include "engine/assert.h"
#include "engine/row.h"
#include "fuzz/bytes.h"
#include "fuzz/shop_edits.h"

namespace {

using engine::testing::ShopGraph;
using fuzz::ShopEdit;

template <class R>
void CheckSame(const engine::Table<R>& table, const engine::Table<R>& other, const char* what) {
  CHECK(table.size() == other.size(), what);
  table.ForEach([&](const R& row) {
    const R* found = other.Find(row.key());
    CHECK(found && engine::EqualRows(row, *found), what);
  });
}

void CheckSame(const ShopGraph& g, const ShopGraph& other, const char* what) {
  CheckSame(g.prices, other.prices, what);
  CheckSame(g.counts, other.counts, what);
  CheckSame(g.listings, other.listings, what);
  CheckSame(g.best, other.best, what);
}

// The last edit of each row, the latest first.
std::vector<ShopEdit> Backwards(const std::vector<ShopEdit>& edits) {
  std::vector<ShopEdit> out;
  for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit) {
    const bool decided = std::any_of(out.begin(), out.end(), [&](const ShopEdit& later) {
      return edit->SameRow(later);
    });
    if (!decided) out.push_back(*edit);
  }
  return out;
}

struct World {
  explicit World(std::unique_ptr<engine::Executor> executor)
      : graph(std::move(executor)), g(graph) {}
  engine::Graph graph;
  ShopGraph g;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 1024) return -1;
  fuzz::Bytes bytes(data, size);
  World many(engine::NewSerialExecutor()), once(engine::NewThreadsExecutor(2));
  World backwards(bytes.Next() % 2 ? engine::NewThreadsExecutor(3) : engine::NewSerialExecutor());
  std::vector<ShopEdit> epoch;
  do {
    const uint8_t op = bytes.Next();
    if (op % 8 < 6 && !bytes.empty()) {
      epoch.push_back(fuzz::ShopEditOf(op, bytes));
      fuzz::Apply(many.g, epoch.back());
      fuzz::Apply(once.g, epoch.back());
      continue;
    }
    for (const ShopEdit& edit : Backwards(epoch)) fuzz::Apply(backwards.g, edit);
    epoch.clear();
    many.graph.Step();
    backwards.graph.Step();
    CheckSame(many.g, backwards.g, "the order within an epoch matters");
  } while (!bytes.empty());
  for (const ShopEdit& edit : Backwards(epoch)) fuzz::Apply(backwards.g, edit);
  for (World* world : {&many, &once, &backwards}) world->graph.Step();
  CheckSame(many.g, backwards.g, "the order within an epoch matters");
  CheckSame(many.g, once.g, "it matters how many epochs there are");
  return 0;
}
