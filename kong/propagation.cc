#include "kong/propagation.h"

#include <algorithm>
#include <utility>

namespace kong {

void Propagation::Received(std::string_view kind, absl::Duration now) {
  std::lock_guard lock(mutex_);
  if (++counts_[kind] <= kSamples) received_.push_back({kind, now});
}

void Propagation::Draining() {
  std::lock_guard lock(mutex_);
  drained_ = std::exchange(received_, {});
  counts_.clear();
}

void Propagation::Published(engine::Version version, bool changed) {
  std::lock_guard lock(mutex_);
  std::vector<Stamp> stamps = std::exchange(drained_, {});
  if (!changed || stamps.empty()) return;
  epochs_.push_back({version, std::move(stamps)});
  if (epochs_.size() > kVersions) epochs_.pop_front();
}

std::vector<Propagation::Arrival> Propagation::Acknowledged(const std::string& gateway,
                                                            engine::Version version,
                                                            absl::Duration now) {
  std::lock_guard lock(mutex_);
  std::vector<Arrival> arrivals;
  const auto [known, first] = acknowledged_.try_emplace(gateway, version);
  if (!first) {
    for (const Epoch& epoch : epochs_) {
      if (epoch.version <= known->second || epoch.version > version) continue;
      for (const Stamp& stamp : epoch.stamps) arrivals.push_back({stamp.kind, now - stamp.at});
    }
    known->second = std::max(known->second, version);
  }
  engine::Version least = version;
  for (const auto& [name, has] : acknowledged_) least = std::min(least, has);
  while (!epochs_.empty() && epochs_.front().version <= least) epochs_.pop_front();
  return arrivals;
}

void Propagation::Forget(const std::string& gateway) {
  std::lock_guard lock(mutex_);
  acknowledged_.erase(gateway);
}

}  // namespace kong
