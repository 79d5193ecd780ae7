// Oracle: after every epoch of any edits, the graph equals a fresh one fed the same sources in
// another order, with any executor; and a consumer of the feed that sleeps and wakes holds what the
// table holds.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "engine/assert.h"
#include "fuzz/bytes.h"
#include "fuzz/shop_edits.h"
#include "tests/engine/shop_graph.h"

namespace {

using engine::Symbol;
using namespace engine::testing;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 2048) return -1;  // Each epoch is checked from scratch: long inputs only cost time.
  fuzz::Bytes bytes(data, size);
  engine::Graph graph(bytes.Next() % 2 ? engine::NewThreadsExecutor(2)
                                       : engine::NewSerialExecutor());
  ShopGraph g(graph);
  g.best.KeepFeed();
  auto consumer = graph.AddConsumer();
  absl::flat_hash_map<Symbol, std::string> copy;
  engine::Version acknowledged = 0;
  while (!bytes.empty()) {
    uint8_t op = bytes.Next();
    if (op % 8 < 6) {  // So that digits reach everything, and the corpus is text.
      fuzz::Apply(g, fuzz::ShopEditOf(op, bytes));
      continue;
    }
    engine::Version version = graph.Step().version;
    absl::Status status = CheckShop(graph);
    CHECK(status.ok(), engine::MessageOf(status));
    if (op % 3 == 0) graph.Compact();
    if (op % 2 == 0) continue;
    bool known = g.best.ChangedSince(acknowledged, [&](const Symbol& item, const Best* best) {
      if (best)
        copy[item] = best->text;
      else
        copy.erase(item);
    });
    CHECK(known, "a consumer that acknowledged was left behind");
    graph.Acknowledge(consumer, acknowledged = version);
    CHECK(copy.size() == g.best.size(), "the consumer holds another number of rows");
    g.best.ForEach([&](const Best& best) {
      CHECK(copy[best.item] == best.text, "the consumer holds another row");
    });
  }
  return 0;
}
