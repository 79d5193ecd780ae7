// How long a change of a Kubernetes object takes to reach each gateway.
//
// An event is stamped when it arrives, filed under the version of the epoch that took it in, and
// measured once for each gateway that acknowledges that version or a later one. An epoch that
// changed nothing of Kong's is not waited for. Bursts are sampled: of one kind at most kSamples
// events an epoch, and of versions that no gateway acknowledges at most kVersions are remembered,
// the newest. Any thread; one mutex, held for O(samples).
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "engine/table.h"

namespace kong {

class Propagation {
 public:
  static constexpr size_t kSamples = 64;
  static constexpr size_t kVersions = 1024;

  // An event that is about to enter the inbox; `kind` is a literal. Times are io::Clock::Uptime.
  void Received(std::string_view kind, absl::Duration now);
  // The inbox is about to be drained: what was received until now belongs to the next epoch.
  void Draining();
  void Published(engine::Version version, bool changed);

  struct Arrival {
    std::string_view kind;
    absl::Duration took;
  };
  // What the gateway has got since it last acknowledged something. A gateway that is seen for the
  // first time got all of it at once, which measures nothing, so its first acknowledgement gives
  // none.
  std::vector<Arrival> Acknowledged(const std::string& gateway, engine::Version version,
                                    absl::Duration now);
  void Forget(const std::string& gateway);  // It is gone; one of the same name is new.

 private:
  struct Stamp {
    std::string_view kind;
    absl::Duration at;
  };
  struct Epoch {
    engine::Version version;
    std::vector<Stamp> stamps;
  };
  std::mutex mutex_;  // Guards the rest.
  std::vector<Stamp> received_;
  absl::flat_hash_map<std::string_view, size_t> counts_;  // Of received_.
  std::vector<Stamp> drained_;
  std::deque<Epoch> epochs_;  // By version.
  absl::flat_hash_map<std::string, engine::Version> acknowledged_;
};

}  // namespace kong
