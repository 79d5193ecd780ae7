// Oracle: after every epoch of any edits, the graph equals a fresh one fed the same sources in
// another order, with any executor; and a consumer of the feed that sleeps and wakes holds what the
// table holds.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "engine/assert.h"
#include "tests/engine/shop_graph.h"

namespace {

using engine::Cat;
using engine::Symbol;
using namespace engine::testing;

class Bytes {
 public:
  Bytes(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  bool empty() const { return at_ >= size_; }
  uint8_t Next() { return empty() ? 0 : data_[at_++]; }

 private:
  const uint8_t* data_;
  size_t size_, at_ = 0;
};

void Edit(ShopGraph& g, Bytes& bytes, uint8_t op) {
  Symbol shop(Cat("shop", bytes.Next() % 4)), item(Cat("item", bytes.Next() % 5));
  switch (op % 4) {
    case 0:
      g.offers.Erase({shop, item});
      break;
    case 1:
      g.shops.Erase(shop);
      break;
    case 2: {
      uint8_t bits = bytes.Next();
      Shop row{shop, (bits & 1) != 0, {}};
      for (int i = 0; i < bits % 3; ++i) row.tags.push_back(Symbol(Cat("tag", i)));
      g.shops.Set(row);
      break;
    }
    default: {
      uint8_t bits = bytes.Next();
      g.offers.Set(Offer{{shop, item}, bits % 4, bits / 16u, {}});
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 2048) return -1;  // Each epoch is checked from scratch: long inputs only cost time.
  Bytes bytes(data, size);
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
      Edit(g, bytes, op);
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
