#include "tools/kdelta/data_plane_listener.h"

#include <string>
#include <utility>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/log.h"
#include "io/read_file.h"
#include "io/rotating_tls.h"
#include "kong/hybrid/control_plane.h"
#include "tools/kdelta/run_options.h"

namespace kdelta {
namespace {

using engine::Cat;

// As Kong reads these settings: PEM as it stands, or the name of a file.
absl::StatusOr<std::string> PemOf(const Flags& flags, std::string_view flag) {
  const std::string& text = flags.Text(flag);
  if (text.empty()) {
    return engine::InvalidArgument("--", flag, " is needed with --cluster-listen");
  }
  if (text.find("-----BEGIN") != std::string::npos) return text;
  absl::StatusOr<std::string> read = io::ReadFile(text);
  if (!read.ok()) return engine::Annotate(read.status(), Cat("--", flag));
  return read;
}

// What may be replaced while we run.
io::TlsFiles FilesOf(const Flags& flags) {
  auto file = [&](std::string_view flag) {
    const std::string& text = flags.Text(flag);
    return text.find("-----BEGIN") == std::string::npos ? text : std::string();
  };
  const bool pki = flags.Text("cluster-mtls") == "pki";
  return {.ca = pki ? file("cluster-ca-cert") : std::string(),
          .certificate = file("cluster-cert"),
          .key = file("cluster-cert-key")};
}

}  // namespace

absl::Status CheckDataPlaneFlags(const Flags& flags) {
  if (!ListenOptionsOf(flags.Text("cluster-listen"))) return absl::OkStatus();
  if (flags.Text("router-flavor").empty() && !flags.given("kong-admin-url") &&
      flags.Text("kong-admin-svc").empty()) {
    return engine::InvalidArgument(
        "--router-flavor is needed with --cluster-listen if there are no gateways "
        "(--kong-admin-url, --kong-admin-svc) to tell it: routes are made before the first data "
        "plane is let in");
  }
  return DataPlaneTlsOf(flags).status();
}

absl::StatusOr<io::TlsOptions> DataPlaneTlsOf(const Flags& flags) {
  io::TlsOptions tls;
  ASSIGN_OR_RETURN(tls.certificate_pem, PemOf(flags, "cluster-cert"));
  ASSIGN_OR_RETURN(tls.key_pem, PemOf(flags, "cluster-cert-key"));
  if (flags.Text("cluster-mtls") == "pki") {
    ASSIGN_OR_RETURN(tls.ca_pem, PemOf(flags, "cluster-ca-cert"));
  } else {
    tls.clients_share_certificate = true;
  }
  return tls;
}

absl::StatusOr<std::unique_ptr<io::WebSocketServer>> ListenForDataPlanes(
    const Flags& flags, io::Loop& loop, std::function<kong::ControlPlane*()> control_plane) {
  const std::optional<io::HttpServerOptions> where = ListenOptionsOf(flags.Text("cluster-listen"));
  if (!where) return nullptr;
  ASSIGN_OR_RETURN(const io::TlsOptions tls, DataPlaneTlsOf(flags));
  io::WebSocketServerOptions options;
  options.address = where->address;
  options.port = where->port;
  auto rotating = io::RotatingTls::Load(loop, tls, FilesOf(flags), io::RotatingTls::Side::kServer);
  if (!rotating.ok()) return engine::Annotate(rotating.status(), "--cluster-cert");
  options.rotating_tls = *std::move(rotating);
  options.max_message_bytes = 1 << 20;  // Data planes introduce themselves, and say little else.
  auto server = io::WebSocketServer::Listen(
      loop, std::move(options),
      [control_plane = std::move(control_plane)](const io::WebSocketRequest& request,
                                                 std::unique_ptr<io::WebSocketAcceptor> acceptor) {
        if (kong::ControlPlane* plane = control_plane()) {
          return plane->Accept(request, std::move(acceptor));
        }
        acceptor->Refuse(503, "the router flavour is not known yet; try again\n");
      });
  if (!server.ok()) return engine::Annotate(server.status(), "--cluster-listen");
  io::Info("data planes are served", {{"port", (*server)->port()}});
  return server;
}

}  // namespace kdelta
