// `kdelta simulate`: the simulators as processes of their own, to run and test controllers against.

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/log.h"
#include "io/loop.h"
#include "tools/kdelta/commands.h"
#include "tools/kdelta/run_options.h"
#include "tools/kdelta/simulate_data_plane.h"
#include "tools/simulators/api_server.h"
#include "tools/simulators/kong_gateway.h"

namespace kdelta {
namespace {

struct SimulateLine {
  std::string listen = "127.0.0.1:0";
  std::string schemas;
  std::string version = "3.9.3";
  std::string edition = "community";
  std::string flavor = "traditional_compatible";
  std::string database = "off";
  double seconds_per_megabyte = 0;
  uint64_t seed = 1;
};

// The first line of output is the URL, so that a script can wait for it.
void Announce(io::Loop& loop, const std::string& url) {
  std::printf("%s\n", url.c_str());
  std::fflush(stdout);
  loop.OnSignals([&loop](int) { loop.Stop(); });
  loop.Run();
}

absl::Status SimulateKong(const SimulateLine& line) {
  io::Loop loop;
  simulators::KongGatewayOptions options;
  options.version = line.version;
  options.edition = line.edition;
  options.schemas_folder = line.schemas;
  options.flavor = FlavorNamed(line.flavor);
  options.database = line.database;
  options.load_per_megabyte = absl::Seconds(line.seconds_per_megabyte);
  options.seed = line.seed;
  ASSIGN_OR_RETURN(auto server, simulators::KongGatewayServer::Start(
                                    loop, std::move(options), *ListenOptionsOf(line.listen)));
  Announce(loop, server->url());
  return absl::OkStatus();
}

absl::Status SimulateApiServer(const SimulateLine& line) {
  io::Loop loop;
  ASSIGN_OR_RETURN(auto server,
                   simulators::ApiServerListener::Start(loop, {}, *ListenOptionsOf(line.listen)));
  Announce(loop, server->url());
  return absl::OkStatus();
}

void Finish(const absl::Status& simulated, ExitStatus& status) {
  if (!simulated.ok()) {
    std::fprintf(stderr, "kdelta simulate: %s\n",
                 std::string(engine::MessageOf(simulated)).c_str());
  }
  status = simulated.ok() ? kDone : kFailed;
}

void AddListen(CLI::App& command, std::string& listen) {
  command.add_option("--listen", listen, "Where to listen; port 0 takes any free one.")
      ->type_name("HOST:PORT")
      ->check([](const std::string& text) -> std::string {
        return text.find(':') != std::string::npos && ListenOptionsOf(text) ? ""
                                                                            : "expected HOST:PORT";
      })
      ->capture_default_str();
}

void DeclareKong(CLI::App& kong, SimulateLine& line) {
  kong.add_option("--database", line.database, "off: it takes whole configurations; else entities.")
      ->check(CLI::IsMember({"off", "postgres"}))
      ->capture_default_str();
  kong.add_option("--schemas", line.schemas, "A folder of Kong's schemas, to validate by.")
      ->type_name("FOLDER");
  kong.add_option("--kong-version", line.version, "The version that it says it is.")
      ->capture_default_str();
  kong.add_option("--kong-edition", line.edition, "The edition that it says it is.")
      ->check(CLI::IsMember({"community", "enterprise"}))
      ->capture_default_str();
  kong.add_option("--router-flavor", line.flavor, "Its router.")
      ->check(CLI::IsMember({"traditional_compatible", "expressions"}))
      ->capture_default_str();
  kong.add_option("--seconds-per-megabyte", line.seconds_per_megabyte, "How long it takes to load.")
      ->capture_default_str();
  kong.add_option("--seed", line.seed, "Of its node id and all that is random.")
      ->capture_default_str();
}

}  // namespace

void AddSimulateCommand(CLI::App& program, ExitStatus& status) {
  auto line = std::make_shared<SimulateLine>();
  auto plane_line = std::make_shared<DataPlaneLine>();
  CLI::App* command = program.add_subcommand(
      "simulate", "Serve a simulated Kong, data plane or Kubernetes API until SIGTERM.");
  command->require_subcommand(1);
  CLI::App* kong = command->add_subcommand("kong", "A Kong, as its Admin API shows it.");
  CLI::App* plane = command->add_subcommand(
      "data-plane", "A data plane that dials its control plane and shows what it serves.");
  CLI::App* api = command->add_subcommand("api-server", "A Kubernetes API server, empty at first.");
  AddListen(*kong, line->listen);
  AddListen(*plane, plane_line->listen);
  AddListen(*api, line->listen);
  DeclareKong(*kong, *line);
  DeclareDataPlane(*plane, *plane_line);
  kong->callback([line, &status] { Finish(SimulateKong(*line), status); });
  plane->callback([plane_line, &status] { Finish(SimulateDataPlane(*plane_line), status); });
  api->callback([line, &status] { Finish(SimulateApiServer(*line), status); });
}

}  // namespace kdelta
