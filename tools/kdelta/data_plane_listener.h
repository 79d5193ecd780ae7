// Where Kong's data planes come in: from the flags to an open port with mutual TLS.
//
// Files are read once, at start.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "io/loop.h"
#include "io/websocket.h"
#include "tools/kdelta/flags.h"

namespace kong {
class ControlPlane;
}  // namespace kong

namespace kdelta {

// What the flags of data planes say together; errors name the flag.
absl::Status CheckDataPlaneFlags(const Flags& flags);
// A server's TLS; fails if the material cannot be used.
absl::StatusOr<io::TlsOptions> DataPlaneTlsOf(const Flags& flags);
// Null if --cluster-listen is off. `control_plane` is asked at each request and may be null.
absl::StatusOr<std::unique_ptr<io::WebSocketServer>> ListenForDataPlanes(
    const Flags& flags, io::Loop& loop, std::function<kong::ControlPlane*()> control_plane);

}  // namespace kdelta
