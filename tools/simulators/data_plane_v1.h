// A Kong data plane of the full-push protocol (/v1/outlet), as its control plane sees it.
//
// It says who it is, then pings with the hash of what it runs: at once, every 30 s, and within a
// second of an apply. That ping is the only acknowledgement. A payload is judged as a declarative
// configuration; one that is refused changes nothing and is answered by silence. While one is
// applied only the latest of those that arrive is kept. Section hashes decide what a worker
// rebuilds, which is counted. Recorded frames of a running Kong are the measure
// (tests/simulators/data_plane_recorded_test.cc).
//
// Not simulated: proxying, error reports (they need konnect_mode). One thread; time comes from the
// clock, chance from the seed. It must not be destroyed from within its own callback.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "io/clock.h"
#include "io/deadline.h"
#include "tools/simulators/data_plane_dial.h"
#include "tools/simulators/data_plane_judge.h"
#include "tools/simulators/exchange.h"

namespace simulators {

struct DataPlaneV1Options {
  std::string node_id = "0d3dce28-2a0c-441a-9009-5fd065cc5a72";
  std::string hostname = "plane-0";
  std::string version = "3.9.3";
  RouterFlavor flavor = RouterFlavor::kTraditionalCompatible;
  // Name and version of each plugin; empty: all bundled ones, with Kong's version.
  std::vector<std::pair<std::string, std::string>> plugins = {};
  std::shared_ptr<DataPlaneJudge> judge = nullptr;  // Null: one of its own, of core entities.
  uint64_t seed = 1;
  DataPlanePace pace = {};
};

// How often a worker built each part anew.
struct DataPlaneRebuilds {
  uint64_t router = 0, plugins = 0, balancer = 0;
};

class DataPlaneV1 {
 public:
  DataPlaneV1(io::Clock& clock, DataPlaneV1Options options, Dial dial);
  void Start();

  const Entities& entities() const { return applied_->entities; }
  const std::string& configuration_hash() const { return hash_; }
  bool ready() const { return hash_ != kNoConfigHash; }  // /status/ready.
  bool up() const { return socket_ != nullptr; }
  uint64_t pushes() const { return pushes_; }  // Frames that arrived.
  uint64_t applied() const { return applied_count_; }
  uint64_t refused() const { return refused_count_; }
  const absl::Status& last_error() const { return last_error_; }
  const DataPlaneRebuilds& rebuilds() const { return rebuilds_; }
  void OnApplied(absl::AnyInvocable<void()> then) { on_applied_ = std::move(then); }

  // What may happen to it.
  void Drop();              // The link breaks; it opens again after 5 to 10 s.
  void Restart(bool keep);  // A new process; `keep`: its disk is kept.
  void SetApplyTime(absl::Duration time) { apply_time_ = time; }
  void RefusePayloads(int times) { refusals_ = times; }  // As if its disk were full.
  void Mute(bool muted) { muted_ = muted; }              // It runs, and says nothing more.

 private:
  void Open();
  void OnDialed(absl::StatusOr<std::unique_ptr<io::WebSocket>> socket);
  void Heard();
  void SendPing();
  void Tick();
  void OnPush(std::string_view frame);
  void ApplyNext();
  void Apply(std::string_view frame);
  void Rebuild(const DataPlaneVerdict& verdict);
  std::string BasicInfo() const;

  io::Clock& clock_;
  const DataPlaneV1Options options_;
  Dial dial_;
  std::mt19937_64 random_;
  std::shared_ptr<DataPlaneJudge> judge_;
  std::shared_ptr<const DataPlaneVerdict> applied_ = std::make_shared<DataPlaneVerdict>();
  std::string hash_{kNoConfigHash};
  std::string router_, plugins_, balancer_;  // Of what the workers built last.
  DataPlaneRebuilds rebuilds_;
  absl::Status last_error_;
  uint64_t pushes_ = 0, applied_count_ = 0, refused_count_ = 0;
  std::optional<std::string> next_;  // The latest frame that waits for the one being applied.
  bool applying_ = false, ping_due_ = false, muted_ = false;
  absl::Duration pinged_at_;
  absl::Duration apply_time_;
  int refusals_ = 0;
  absl::AnyInvocable<void()> on_applied_;
  std::unique_ptr<io::WebSocketAttempt> attempt_;
  std::unique_ptr<io::WebSocket> socket_;
  io::Deadline silence_;
  io::Timer tick_, reopen_;
  Delays delays_;  // Last: what it calls uses the rest.
};

}  // namespace simulators
