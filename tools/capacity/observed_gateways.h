// The gateways of a run, and what they were seen to get.
//
// Simulated, in this process: data planes that take deltas over mutual TLS, or DB-less Kongs behind
// their Admin API. Both tell of each entity that appeared or went, as marks (marks.h). Loop thread
// only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "io/loop.h"

namespace capacity {

enum class Sink { kDataPlanes, kAdminApi };

// What all gateways took so far. Bytes are those of the entities' JSON, or of whole payloads: what
// the wire adds is left out, so that two runs can be compared.
struct Taken {
  uint64_t deliveries = 0, entities = 0, bytes = 0, wholes = 0;
};

class ObservedGateways {
 public:
  struct Events {
    // A gateway has something with this mark now, or has it no longer. Called for marks that
    // `wanted` says are wanted; whole configurations are searched only if there are any.
    std::function<void(size_t gateway, const std::string& mark, bool gone)> seen;
    std::function<bool()> wanted;
  };
  virtual ~ObservedGateways() = default;
  // The flags and the environment that `kdelta run` needs to reach them.
  virtual std::vector<std::string> Flags() const = 0;
  virtual std::map<std::string, std::string> Environment() const { return {}; }
  virtual void Start() = 0;
  // How many of them hold a configuration now.
  virtual size_t configured() const = 0;
  virtual size_t count() const = 0;
  virtual size_t targets(size_t gateway) const = 0;  // That it holds. O(entities).
  virtual void Restart() = 0;                        // All of them, with nothing on their disks.
  const Taken& taken() const { return taken_; }

 protected:
  Taken taken_;
};

using MadeGateways = absl::StatusOr<std::unique_ptr<ObservedGateways>>;
MadeGateways NewDataPlanes(io::Loop& loop, size_t count, uint64_t seed,
                           ObservedGateways::Events events);
MadeGateways NewAdminApis(io::Loop& loop, size_t count, uint64_t seed,
                          ObservedGateways::Events events);

}  // namespace capacity
