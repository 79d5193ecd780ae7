#include "kong/hybrid/control_plane.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/text.h"
#include "io/log.h"
#include "kong/hybrid/rpc_message.h"

namespace kong {
namespace {

constexpr absl::Duration kHour = absl::Hours(1);
constexpr absl::Duration kMemory = absl::Hours(14 * 24);  // As Kong's control plane has it.

std::string AddressOf(const std::string& peer) { return peer.substr(0, peer.rfind(':')); }

}  // namespace

ControlPlane::ControlPlane(io::Clock& clock, Sources sources, bool expressions,
                           ControlPlaneHooks hooks)
    : clock_(clock),
      table_(std::move(hooks.acknowledged), std::move(hooks.left)),
      deltas_({.clock = clock,
               .source = sources.patches,
               .schemas = sources.schemas,
               .table = table_,
               .expressions = expressions,
               .refused = hooks.refused,
               .versions_ahead = sources.versions_ahead}),
      wholes_({.clock = clock,
               .source = sources.payloads,
               .table = table_,
               .expressions = expressions,
               .refused = hooks.refused}) {
  ForgetOld();
}

ControlPlane::~ControlPlane() = default;

void ControlPlane::ForgetOld() {
  table_.Forget(clock_.Now() - kMemory);
  hour_ = clock_.After(kHour, [this] { ForgetOld(); });
}

void ControlPlane::Published(engine::Version version) {
  published_ = std::max(published_, version);
  deltas_.Published(published_);
  wholes_.Published(published_);
}

void ControlPlane::Lead(bool leads) {
  leads_ = leads;
  if (leads) return;
  deltas_.CloseAll("another replica leads");
  wholes_.CloseAll("another replica leads");
}

void ControlPlane::Accept(const io::WebSocketRequest& request,
                          std::unique_ptr<io::WebSocketAcceptor> acceptor) {
  if (!leads_) return acceptor->Refuse(503, "another replica leads\n");
  if (published_ == 0) {
    return acceptor->Refuse(503, "the control plane has no configuration yet; try again\n");
  }
  // Answers may come later than this call.
  std::shared_ptr<io::WebSocketAcceptor> shared = std::move(acceptor);
  if (request.path == "/v1/outlet") return AcceptWhole(request, *shared);
  if (request.path == "/v2/outlet") return AcceptDeltas(request, *shared);
  shared->Refuse(404, "there are /v1/outlet and /v2/outlet\n");
}

void ControlPlane::Open(io::WebSocketAcceptor& acceptor, std::string protocol, Opened then) {
  acceptor.Accept(std::move(protocol),
                  [alive = std::weak_ptr<bool>(alive_), then = std::move(then)](
                      absl::StatusOr<std::unique_ptr<io::WebSocket>> socket) mutable {
                    if (alive.expired()) return;
                    if (socket.ok()) return then(*std::move(socket));
                    io::Debug("a socket failed to open", {{"reason", socket.status()}});
                  });
}

void ControlPlane::AcceptWhole(const io::WebSocketRequest& request,
                               io::WebSocketAcceptor& acceptor) {
  FullFleet::Caller caller{.address = AddressOf(request.peer),
                           .node_id = request.Parameter("node_id"),
                           .hostname = request.Parameter("node_hostname"),
                           .identity = {}};
  if (caller.node_id.empty() ||
      !ReadGatewayVersion(request.Parameter("node_version"), caller.identity)) {
    return acceptor.Refuse(400, "node_id and node_version are needed\n");
  }
  caller.identity.node_id = caller.node_id;
  Open(acceptor, "",
       [this, caller = std::move(caller)](std::unique_ptr<io::WebSocket> socket) mutable {
         wholes_.Add(std::move(caller), std::move(socket));
       });
}

void ControlPlane::AcceptDeltas(const io::WebSocketRequest& request,
                                io::WebSocketAcceptor& acceptor) {
  if (request.headers.Find("Sec-WebSocket-Protocol") != kMetaProtocol) {
    return acceptor.Refuse(400, "the sub-protocol must be kong.meta.v1\n");
  }
  Open(acceptor, std::string(kMetaProtocol),
       [this, address = AddressOf(request.peer)](std::unique_ptr<io::WebSocket> socket) {
         deltas_.Add(address, std::move(socket));
       });
}

}  // namespace kong
