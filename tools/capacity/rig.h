// A whole installation to measure: a simulated cluster and gateways here, and `kdelta run`, the
// very program that users run, as a process of its own beside them.
//
// So what it costs is what /proc says of that process, and how long a change takes is told by one
// clock, this process's: from the write at the API server to the moment at which every gateway
// holds the change, recognised by its mark. Calls block, and the loop runs meanwhile; a scenario is
// straight-line code. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "io/http_client.h"
#include "io/loop.h"
#include "tools/capacity/child.h"
#include "tools/capacity/measurement.h"
#include "tools/capacity/observed_gateways.h"
#include "tools/simulators/api_server.h"
#include "tools/simulators/cluster.h"

namespace capacity {

struct RigOptions {
  simulators::ClusterOptions fleet;
  Sink sink = Sink::kDataPlanes;
  size_t gateways = 1;                  // At most 64.
  std::string program;                  // A kdelta, started as `PROGRAM run FLAG...`.
  std::vector<std::string> flags;       // Beside those that the rig needs.
  std::string log;                      // What the controller prints is appended to this file.
  std::function<bool()> interrupted{};  // Asked while waiting; ends the run.
};

// What happened since a moment.
struct Spent {
  double wall_seconds = 0;
  double cpu_seconds = 0;                  // Of the controller.
  uint64_t evaluations = 0, changes = 0;   // Of its engine: of rules; rows that changed.
  uint64_t relists = 0;
  Taken taken;                             // By all gateways.
};

class Rig {
 public:
  static absl::StatusOr<std::unique_ptr<Rig>> Create(RigOptions options);
  ~Rig();

  simulators::Cluster& cluster() { return cluster_; }
  simulators::ApiServer& api() { return api_server_->api(); }
  ObservedGateways& gateways() { return *gateways_; }
  Child& controller() { return *controller_; }
  const RigOptions& options() const { return options_; }
  absl::Duration now() const { return loop_.Uptime(); }

  // Starts the controller; every gateway has its first configuration afterwards.
  absl::Status StartController();
  void StopController(int signal);

  // Writes at the API server. What the change brings is awaited: see Settle.
  absl::Status Make(const simulators::ClusterChange& change);
  // The same, for what is recognised by what goes.
  absl::Status MakeAndAwaitGone(const simulators::ClusterChange& change, std::string mark);
  // Runs until every gateway has all that was made. Fails after `patience`.
  absl::Status Settle(absl::Duration patience = absl::Minutes(5));
  absl::Status RunFor(absl::Duration time);
  absl::Status RunUntil(absl::FunctionRef<bool()> holds, absl::Duration patience);
  // From write to the last gateway, in milliseconds, of all since the last call.
  Samples TakePropagation();
  size_t awaited() const { return awaited_.size(); }

  // Begins to count, and says what it came to since. The controller's own metrics are read before
  // the first and after the second look at its time, so that this is not in it.
  absl::Status BeginSpending();
  absl::StatusOr<Spent> EndSpending();

 private:
  struct Awaited {
    absl::Duration since;
    uint64_t missing = 0;  // A bit for each gateway that does not have it yet.
    bool gone = false;
  };
  explicit Rig(RigOptions options);
  uint64_t AllGateways() const { return ~uint64_t{0} >> (64 - gateways_->count()); }
  absl::Status Prepare();
  absl::Status Write(const simulators::ClusterChange& change);
  void OnSeen(size_t gateway, const std::string& mark, bool gone);
  absl::StatusOr<std::map<std::string, double>> Scrape();

  RigOptions options_;
  io::Loop loop_;
  simulators::Cluster cluster_;
  std::unique_ptr<simulators::ApiServerListener> api_server_;
  std::unique_ptr<ObservedGateways> gateways_;
  std::unique_ptr<Child> controller_;
  uint16_t metrics_port_ = 0;
  std::unique_ptr<io::HttpClient> metrics_;
  std::map<std::string, Awaited> awaited_;  // By mark.
  Samples propagation_;
  Spent base_;
  absl::Duration began_;
};

}  // namespace capacity
