// kdelta as the control plane of Kong's own data planes: both protocols behind one port.
//
// /v1/outlet takes whole configurations (full_fleet.h), /v2/outlet deltas (delta_fleet.h); a data
// plane chooses by its settings. Nobody is let in before the first version is published, which is
// the caller's promise that the first list of every kind is complete: a data plane believes what it
// is told, also if that is nothing. Who may come at all is decided by TLS, before (decision of the
// caller: io::TlsOptions). It knows no sockets and no threads but the loop's.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "io/websocket.h"
#include "kong/delivery.h"
#include "kong/hybrid/data_plane.h"
#include "kong/hybrid/delta_fleet.h"
#include "kong/hybrid/full_fleet.h"

namespace kong {

// All are called on the loop.
struct ControlPlaneHooks {
  DataPlaneTable::Acknowledged acknowledged;
  DataPlaneTable::Left left;
  std::function<void(std::vector<RefusedEntity>)> refused;  // Rows for the source `refused`.
};

class ControlPlane {
 public:
  struct Sources {
    PayloadSource& payloads;
    PatchSource& patches;
    const SchemaTable& schemas;
    // By how much versions for data planes are ahead of the engine's: random below 2^32, so that no
    // two processes issue the same numbers. Tests leave it.
    uint64_t versions_ahead = 0;
  };
  ControlPlane(io::Clock& clock, Sources sources, bool expressions, ControlPlaneHooks hooks);
  ~ControlPlane();

  void Accept(const io::WebSocketRequest& request, std::unique_ptr<io::WebSocketAcceptor> acceptor);
  void Published(engine::Version version);
  // Who does not lead lets nobody in and closes what is open, so that data planes go to the leader.
  void Lead(bool leads);

  const DataPlaneTable& data_planes() const { return table_; }
  bool InSync(const DataPlane& data_plane) const {
    return data_plane.sockets > 0 && data_plane.acknowledged >= published_;
  }
  size_t full_sockets() const { return wholes_.sockets(); }
  size_t delta_sockets() const { return deltas_.sockets(); }
  DeltaFleetCosts delta_costs() const { return deltas_.costs(); }
  const FullFleetCosts& full_costs() const { return wholes_.costs(); }

 private:
  using Opened = absl::AnyInvocable<void(std::unique_ptr<io::WebSocket>)>;
  void Open(io::WebSocketAcceptor& acceptor, std::string protocol, Opened then);
  void AcceptWhole(const io::WebSocketRequest& request, io::WebSocketAcceptor& acceptor);
  void AcceptDeltas(const io::WebSocketRequest& request, io::WebSocketAcceptor& acceptor);
  void ForgetOld();

  io::Clock& clock_;
  engine::Version published_ = 0;
  bool leads_ = true;
  DataPlaneTable table_;
  DeltaFleet deltas_;
  FullFleet wholes_;
  io::Timer hour_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kong
