// The simulated gateway's own endpoints, for tests in another process, and its server.

#include <utility>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "tools/simulators/kong_gateway.h"

namespace simulators {

// POST /_simulator/faults takes a fault (kong_faults.h) or one of {"clear": true},
// {"restart": "empty" | "persisted"}, {"configure": TEXT}, {"loadSecondsPerMegabyte": N}.
absl::Status KongGateway::Obey(const Json& command) {
  if (At(command, "clear") == true) {
    ClearFaults();
    return absl::OkStatus();
  }
  std::string_view restart = TextAt(command, "restart");
  if (restart == "empty" || restart == "persisted") {
    // Later, because a restart breaks the connection that carries this command.
    bool keep = restart == "persisted";
    delays_.After(absl::Milliseconds(1), [this, keep] { Restart(keep); });
    return absl::OkStatus();
  }
  if (At(command, "configure").is_string()) return ConfigureByOther(TextAt(command, "configure"));
  const Json& pace = At(command, "loadSecondsPerMegabyte");
  if (pace.is_number()) {
    SetPace(absl::Seconds(pace.get<double>()));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(KongFault fault, ParseKongFault(command));
  Fault(std::move(fault));
  return absl::OkStatus();
}

Answer KongGateway::Control(const io::HttpServerRequest& request) {
  if (request.path == "/_simulator/history" && request.method == "GET") {
    Json list = Json::array();
    for (const KongLoad& load : history_) {
      list.push_back({{"beganSeconds", absl::ToDoubleSeconds(load.began)},
                      {"endedSeconds", absl::ToDoubleSeconds(load.ended)},
                      {"bytes", load.bytes},
                      {"status", load.status},
                      {"hash", load.hash}});
    }
    return JsonAnswer(200, list);
  }
  if (request.path != "/_simulator/faults" || request.method != "POST") {
    return JsonAnswer(404, {{"message", "Not found"}});
  }
  std::optional<Json> command = ParseJson(request.body, /*max_depth=*/20);
  if (!command) return JsonAnswer(400, {{"message", "not JSON"}});
  absl::Status obeyed = Obey(*command);
  if (!obeyed.ok()) return JsonAnswer(400, {{"message", engine::MessageOf(obeyed)}});
  return JsonAnswer(200, Json::object());
}

absl::StatusOr<std::unique_ptr<KongGatewayServer>> KongGatewayServer::Start(
    io::Loop& loop, KongGatewayOptions options, io::HttpServerOptions listen) {
  std::unique_ptr<KongGatewayServer> all(new KongGatewayServer);
  all->scheme_ = listen.tls == nullptr ? "http" : "https";
  all->address_ = listen.address;
  ASSIGN_OR_RETURN(all->gateway_, KongGateway::Create(loop, std::move(options)));
  // The gateway's own limits decide, because Kong answers them in its own words.
  listen.max_body_bytes = uint64_t{1} << 31;
  KongGateway* gateway = all->gateway_.get();
  auto serve = [gateway](io::HttpServerRequest request,
                         std::unique_ptr<io::HttpResponder> responder) {
    gateway->Serve(std::move(request), std::move(responder));
  };
  ASSIGN_OR_RETURN(all->server_, io::HttpServer::Listen(loop, std::move(listen), std::move(serve)));
  io::HttpServer* server = all->server_.get();
  gateway->OnRestart([server] { server->CloseConnections(); });
  return all;
}

std::string KongGatewayServer::url() const {
  return engine::Cat(scheme_, "://", address_, ":", server_->port());
}

}  // namespace simulators
