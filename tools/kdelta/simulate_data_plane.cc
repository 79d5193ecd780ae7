#include "tools/kdelta/simulate_data_plane.h"

#include <cstdio>
#include <functional>
#include <memory>
#include <utility>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/loop.h"
#include "io/read_file.h"
#include "tools/kdelta/run_options.h"
#include "tools/simulators/data_plane_pages.h"

namespace kdelta {
namespace {

using engine::Cat;

// The name in the certificate that `kong hybrid gen_cert` makes.
constexpr std::string_view kSharedName = "kong_clustering";

absl::Status ReadInto(const std::string& file, std::string_view flag, std::string& text) {
  absl::StatusOr<std::string> read = io::ReadFile(file);
  if (!read.ok()) return engine::Annotate(read.status(), Cat("--", flag));
  text = *std::move(read);
  return absl::OkStatus();
}

absl::StatusOr<io::WebSocketConnectOptions> DialOptionsOf(const DataPlaneLine& line) {
  ASSIGN_OR_RETURN(const io::Url to, io::Url::Parse(Cat("https://", line.control_plane)));
  const bool pki = line.mtls == "pki";
  io::TlsOptions tls;
  RETURN_IF_ERROR(ReadInto(line.certificate, "cluster-cert", tls.certificate_pem));
  RETURN_IF_ERROR(ReadInto(line.key, "cluster-cert-key", tls.key_pem));
  tls.ca_pem = tls.certificate_pem;
  if (pki) RETURN_IF_ERROR(ReadInto(line.authority, "cluster-ca-cert", tls.ca_pem));
  tls.server_name = line.server_name;
  if (tls.server_name.empty()) tls.server_name = pki ? to.host : std::string(kSharedName);
  io::WebSocketConnectOptions options{.host = to.host, .port = to.port};
  ASSIGN_OR_RETURN(options.tls, io::TlsContext::ForClient(tls));
  return options;
}

simulators::DataPlanePace PaceOf(const DataPlaneLine& line) {
  simulators::DataPlanePace pace;
  pace.reconnect_min = absl::Seconds(line.reconnect_seconds);
  pace.reconnect_max = 2 * pace.reconnect_min;
  pace.router_update = absl::Seconds(line.router_update_seconds);
  return pace;
}

// Serves the pages of a plane until a signal. The first line of output is their URL.
template <class Plane>
absl::Status Show(io::Loop& loop, const DataPlaneLine& line, Plane& plane) {
  const io::HttpServerOptions where = *ListenOptionsOf(line.listen);
  ASSIGN_OR_RETURN(const auto server,
                   io::HttpServer::Listen(
                       loop, where, simulators::DataPlanePages(FlavorNamed(line.flavor), [&plane] {
                         return simulators::ViewOf(plane);
                       })));
  plane.Start();
  std::printf("http://%s:%d\n", where.address.c_str(), server->port());
  std::fflush(stdout);
  loop.OnSignals([&loop](int) { loop.Stop(); });
  loop.Run();
  return absl::OkStatus();
}

}  // namespace

simulators::RouterFlavor FlavorNamed(const std::string& name) {
  return name == "expressions" ? simulators::RouterFlavor::kExpressions
                               : simulators::RouterFlavor::kTraditionalCompatible;
}

absl::Status SimulateDataPlane(const DataPlaneLine& line) {
  io::Loop loop;
  ASSIGN_OR_RETURN(io::WebSocketConnectOptions to, DialOptionsOf(line));
  if (line.protocol == "v1") {
    simulators::DataPlaneV1 plane(loop,
                                  {.node_id = line.node_id,
                                   .hostname = line.hostname,
                                   .version = line.version,
                                   .flavor = FlavorNamed(line.flavor),
                                   .seed = line.seed,
                                   .pace = PaceOf(line)},
                                  simulators::DialOver(loop, std::move(to)));
    return Show(loop, line, plane);
  }
  simulators::DataPlaneV2 plane(loop,
                                {.node_id = line.node_id,
                                 .hostname = line.hostname,
                                 .version = line.version,
                                 .flavor = FlavorNamed(line.flavor),
                                 .workers = line.workers,
                                 .seed = line.seed,
                                 .pace = PaceOf(line)},
                                simulators::DialOver(loop, std::move(to)));
  return Show(loop, line, plane);
}

void DeclareDataPlane(CLI::App& command, DataPlaneLine& line) {
  const auto add = [&command](const char* flag, auto& value, const char* text) {
    return command.add_option(flag, value, text);
  };
  add("--cluster-control-plane", line.control_plane, "Where its control plane listens.")
      ->type_name("HOST:PORT")
      ->required();
  add("--cluster-mtls", line.mtls, "How both prove who they are.")
      ->check(CLI::IsMember({"shared", "pki"}))
      ->capture_default_str();
  add("--cluster-cert", line.certificate, "Its certificate, PEM.")->type_name("FILE")->required();
  add("--cluster-cert-key", line.key, "The key to it, PEM.")->type_name("FILE")->required();
  add("--cluster-ca-cert", line.authority, "With pki: who signed the control plane's certificate.")
      ->type_name("FILE");
  add("--cluster-server-name", line.server_name,
      "The name in the control plane's certificate; if not given, kong_clustering, or with pki the "
      "host that is dialled.");
  add("--protocol", line.protocol, "v1: whole configurations; v2: deltas.")
      ->check(CLI::IsMember({"v1", "v2"}))
      ->capture_default_str();
  add("--workers", line.workers, "With v2: how many nginx workers, each with a socket.")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  add("--node-id", line.node_id, "Who it says it is.")->capture_default_str();
  add("--hostname", line.hostname, "Where it says it runs.")->capture_default_str();
  add("--kong-version", line.version, "The version that it says it is.")->capture_default_str();
  add("--router-flavor", line.flavor, "Its router.")
      ->check(CLI::IsMember({"traditional_compatible", "expressions"}))
      ->capture_default_str();
  add("--reconnect-seconds", line.reconnect_seconds,
      "How long it waits, at least, before it dials again; twice as long at most.")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add("--router-update-seconds", line.router_update_seconds,
      "With v2: how long routes wait for a new router, Kong's worker_state_update_frequency.")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  add("--seed", line.seed, "Of all that is random.")->capture_default_str();
}

}  // namespace kdelta
