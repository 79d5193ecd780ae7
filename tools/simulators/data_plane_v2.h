// A Kong 3.9 data plane with incremental sync, as its control plane sees it, traps included.
//
// Each nginx worker has a link of its own with the same node id. A sync is two get_deltas, of which
// the second tells the version that the first brought; one runs at a time on the whole node, and
// what is asked for meanwhile is dropped, as Kong drops it. It syncs 0.2 s after its start, at each
// poll of worker 0, and when a notification names a version greater than its own; after a
// reconnect it waits for one of these. Recorded frames of a running Kong are the measure
// (tests/simulators/data_plane_recorded_test.cc).
//
// Not simulated: proxying, and the dialect of Kong 3.10. One thread; time comes from the clock,
// chance from the seed. It must not be destroyed from within its own callback.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "io/clock.h"
#include "tools/simulators/data_plane_dial.h"
#include "tools/simulators/data_plane_link.h"
#include "tools/simulators/data_plane_router.h"
#include "tools/simulators/data_plane_store.h"
#include "tools/simulators/exchange.h"

namespace simulators {

struct DataPlaneV2Options {
  std::string node_id = "5cc02268-43f7-4ab7-8f64-cee83a523105";
  std::string hostname = "plane-0";
  std::string version = "3.9.3";
  RouterFlavor flavor = RouterFlavor::kTraditionalCompatible;
  std::vector<std::string> plugins = {};  // That are loaded; empty: all bundled ones.
  std::set<std::string, std::less<>> missing_types = {};  // Entities of plugins that are not.
  int workers = 1;
  uint64_t max_payload_bytes = kClusterMaxPayload;  // As it says; its Dial has the limit.
  uint64_t seed = 1;
  DataPlanePace pace = {};
};

struct DataPlaneCounts {
  uint64_t syncs = 0, calls = 0, batches = 0, wipes = 0, deltas = 0, failures = 0;
};

class DataPlaneV2 {
 public:
  DataPlaneV2(io::Clock& clock, DataPlaneV2Options options, Dial dial);
  void Start();

  const DataPlaneStore& store() const { return store_; }
  const DataPlaneRouter& router() const { return router_; }
  const DataPlaneCounts& counts() const { return counts_; }
  std::string configuration_hash() const { return store_.hash(); }
  // /status/ready: it was configured, and its router is built.
  bool ready() const;
  // It started on a disk that it cannot read: it serves nothing and never connects.
  bool broken() const { return broken_; }
  size_t links_up() const;
  uint64_t links_opened() const;
  const absl::Status& last_error() const { return last_error_; }
  // After each batch that was applied.
  void OnBatch(absl::AnyInvocable<void(const DataPlaneBatch&)> then) {
    on_batch_ = std::move(then);
  }

  // Each delta of a batch that was applied, in its order, before OnBatch.
  void OnDelta(absl::AnyInvocable<void(const Json&)> then) { on_delta_ = std::move(then); }

  // What may happen to it.
  void Drop();              // All links break; they open again after 5 to 10 s.
  void Restart(bool keep);  // A new process; `keep`: its disk is kept.
  void SetApplyTime(absl::Duration time) { apply_time_ = time; }   // How slow it is.
  void SetReactionTime(absl::Duration time) { reaction_ = time; }  // From a notification to a sync.
  void RefuseNotifications(int times) { refusals_ = times; }
  void FailBatches(int times) { failing_batches_ = times; }  // As if its disk were full.

 private:
  void OpenLinks();
  absl::StatusOr<Json> OnCalled(const std::string& method, const Json& params);
  void Poll();
  void StartSync(size_t worker);
  void GetDelta(size_t worker, int calls_left);
  void OnDelta(size_t worker, int calls_left, const Json& result);
  void EndSync(absl::Status why);
  void ScheduleRouter();
  Json Hello() const;

  io::Clock& clock_;
  const DataPlaneV2Options options_;
  Dial dial_;
  std::mt19937_64 random_;
  DataPlaneStore store_;
  DataPlaneRouter router_;
  DataPlaneCounts counts_;
  absl::Status last_error_;
  bool started_ = false, broken_ = false, syncing_ = false, wants_sync_ = false;
  bool router_due_ = false;
  // Until when the first sync, which found no link, goes with the first that comes up.
  absl::Duration first_sync_until_ = -absl::InfiniteDuration();
  absl::Duration apply_time_, reaction_;
  int refusals_ = 0, failing_batches_ = 0;
  absl::AnyInvocable<void(const DataPlaneBatch&)> on_batch_;
  absl::AnyInvocable<void(const Json&)> on_delta_;
  std::vector<std::unique_ptr<DataPlaneLink>> links_;
  Delays delays_;  // Last: what it calls uses the rest.
};

}  // namespace simulators
