// How a simulated data plane reaches its control plane: over sockets, or over whatever a test
// gives.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "io/websocket.h"

namespace simulators {

using OnDialed = absl::AnyInvocable<void(absl::StatusOr<std::unique_ptr<io::WebSocket>>)>;
using Dial = absl::AnyInvocable<std::unique_ptr<io::WebSocketAttempt>(
    std::string target, std::string protocol, OnDialed then)>;

// Kong's default of cluster_max_payload: a longer message closes the socket.
inline constexpr uint64_t kClusterMaxPayload = 16 << 20;

// To the host and port of `to`, with its certificates.
Dial DialOver(io::Loop& loop, io::WebSocketConnectOptions to,
              uint64_t max_payload_bytes = kClusterMaxPayload);

// Kong's times; tests of whole fleets shorten them.
struct DataPlanePace {
  absl::Duration ping = absl::Seconds(30);  // Silence that makes a plane ping.
  absl::Duration dead = absl::Seconds(45);  // Silence that makes it hang up.
  absl::Duration reconnect_min = absl::Seconds(5), reconnect_max = absl::Seconds(10);
  absl::Duration poll = absl::Seconds(30);          // v2: between get_deltas that nobody asked for.
  absl::Duration answer = absl::Seconds(5);         // v2: a call's limit.
  absl::Duration router_update = absl::Seconds(5);  // worker_state_update_frequency.
};

}  // namespace simulators
