// Which changes concern a data plane's stream subsystem, which follows no deltas.
//
// Kong applies deltas in its HTTP workers only. Routes of tcp, udp and tls, and all that they use
// (service, upstream, targets, plugins; certificates, once something terminates TLS), reach the
// stream workers with a full sync. This remembers for one class which entities those are: nothing
// is ever forgotten, since a copy may still have what was erased. Loop thread. Cost: 24 bytes a
// service, a look at each upsert.
#pragma once

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "kong/fragment.h"
#include "kong/patch.h"

namespace kong {

class StreamClosure {
 public:
  // Takes the patch in; true if a copy that gets it must be emptied and filled anew. Patches must
  // come from the first on, each at least once.
  bool Concerns(const Patch& patch);

 private:
  void Follow(const EntityId& service);
  void Absorb(const Entity& entity);
  bool Concerns(const Entity& entity);
  bool Knows(const EntityKey& key) const { return known_.contains({Bits(key.kind), key.id}); }
  void Know(const EntityKey& key) { known_.insert({Bits(key.kind), key.id}); }
  static uint32_t Bits(EntityKind kind) { return static_cast<uint32_t>(kind); }

  FragmentReader reader_;
  absl::flat_hash_map<EntityId, EntityId> upstreams_;  // Of services, by their host.
  absl::flat_hash_set<std::pair<uint32_t, EntityId>> known_;
  bool terminates_tls_ = false;
};

}  // namespace kong
