// Makes the payload of one class of gateways, from what changed.
//
// A builder follows the feeds of the entity tables and of what was refused as a consumer of the
// graph, and keeps what its class receives in payload order (payload_index.h). Build takes in what
// changed since the last time and renders: bytes, digest and parts of the sections before the first
// change are kept; nothing is rendered if nothing of this class changed. An endpoint change so
// costs its own look-up, one copy of the body and the digest of the targets, which come last.
//
// One body is kept, the newest, which a gateway that restarts gets at once. Engine thread only; the
// graph outlives the builder. Cost: a change O(log N); a render O(bytes), see kong/README.md for
// numbers.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "engine/graph.h"
#include "kong/payload.h"
#include "kong/payload_index.h"

namespace kong {

// What gateways receive. Every table keeps a feed.
struct PayloadTables {
  std::vector<const engine::Table<Entity>*> entities;
  const engine::Table<RefusedEntity>* refused = nullptr;  // Null: nothing ever is.
};

class PayloadBuilder {
 public:
  PayloadBuilder(engine::Graph& graph, PayloadTables tables, Needs offers);
  ~PayloadBuilder();
  PayloadBuilder(const PayloadBuilder&) = delete;
  PayloadBuilder& operator=(const PayloadBuilder&) = delete;

  // The payload of the graph's last published version.
  std::shared_ptr<const Payload> Build();
  Needs offers() const { return offers_; }
  uint64_t renders() const { return renders_; }
  uint64_t bytes_digested() const { return bytes_digested_; }

 private:
  struct Changes {
    std::array<bool, kEntityKinds> sections{};
    bool refused = false;
    bool any() const { return std::find(sections.begin(), sections.end(), true) != sections.end(); }
  };
  void Absorb(Changes& changes);
  bool AbsorbSince(engine::Version since, Changes& changes);
  void AbsorbAll();
  void AbsorbRow(uint32_t table, const EntityKey& key, const Entity* row, Changes& changes);
  bool InForce(const RefusedEntity& row) const;
  std::vector<RefusedEntity::Key> Lifted() const;
  void Exclude(Changes& changes);
  Payload Render(const Changes& changes);
  size_t RoomFor() const;
  std::shared_ptr<Parts> RenderSection(EntityKind kind, std::string& body, Md5& digest) const;
  using Entries = PayloadIndex::Section::const_iterator;
  Entries AppendParts(EntityKind kind, Entries from, size_t offset, Parts& out,
                      std::string& body) const;

  engine::Graph& graph_;
  const PayloadTables tables_;
  const Needs offers_;
  engine::Graph::Consumer consumer_;
  engine::Version absorbed_ = 0;
  PayloadIndex index_;
  absl::btree_map<RefusedEntity::Key, RefusedEntity> refused_;
  PayloadIndex::Excluded excluded_;
  std::vector<Exclusion> reasons_;
  std::array<Md5, kEntityKinds> digests_;  // Of what stands before each section.
  std::shared_ptr<const Payload> last_;
  uint64_t renders_ = 0, bytes_digested_ = 0;
};

}  // namespace kong
