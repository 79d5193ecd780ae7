// `kdelta run`: the controller, against a real API server and real gateways.

#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/http_client.h"
#include "io/http_server.h"
#include "io/log.h"
#include "io/loop.h"
#include "k8s/access_review.h"
#include "k8s/api_client.h"
#include "kong/controller.h"
#include "kong/metrics.h"
#include "kong/pages.h"
#include "tools/kdelta/commands.h"
#include "tools/kdelta/data_plane_listener.h"
#include "tools/kdelta/flags.h"
#include "tools/kdelta/run_options.h"

namespace kdelta {
namespace {

using engine::Cat;

constexpr absl::Duration kResignPatience = absl::Seconds(2);
constexpr std::string_view kUserAgent = "kdelta/" KDELTA_RELEASE;

// Distinguishes this process from others in metrics.
std::string RandomInstance() {
  std::random_device random;
  std::string bytes;
  for (int n = 0; n < 8; ++n) bytes += static_cast<char>(random() & 0xff);
  return engine::Hex(bytes);
}

void StartLog(const Flags& flags) {
  io::SetLog(io::ParseLogLevel(flags.Text("log-level")).value_or(io::LogLevel::kInfo),
             flags.Text("log-format") == "json" ? io::LogFormat::kJson : io::LogFormat::kText);
  for (const std::string& warning : flags.Warnings())
    io::Warning("a flag has no effect", {{"flag", warning}});
  if (flags.Bool("kong-admin-tls-skip-verify"))
    io::Warning("certificates of gateways are not verified");
}

// Everything that `run` keeps alive, in the order in which it depends on each other.
class Service {
 public:
  absl::Status Start(const Flags& flags);
  void Run() { loop_.Run(); }

 private:
  absl::Status Connect(const k8s::ClusterAccess& access);
  absl::Status Serve(const Flags& flags);
  absl::Status Listen(std::optional<io::HttpServerOptions> options,
                      io::HttpServer::Handler handler);
  void EndOnSignals(absl::Duration delay);
  void Resign();

  io::Loop loop_;
  std::unique_ptr<io::HttpClient> kubernetes_;
  std::unique_ptr<k8s::ApiClient> api_;
  std::unique_ptr<k8s::AccessReviewer> reviewer_;
  std::unique_ptr<kong::Metrics> metrics_;
  std::unique_ptr<kong::Controller> controller_;
  std::vector<std::unique_ptr<io::HttpServer>> servers_;
  std::unique_ptr<io::WebSocketServer> data_planes_;
  bool ending_ = false;
  io::Timer end_, late_;
};

absl::Status Service::Connect(const k8s::ClusterAccess& access) {
  io::HttpClientOptions options{.origin = access.url, .tls = nullptr};
  if (access.url.tls) {
    ASSIGN_OR_RETURN(options.rotating_tls,
                     io::RotatingTls::Load(loop_, access.tls, access.tls_files));
  }
  kubernetes_ = io::NewHttpClient(loop_, std::move(options));
  api_ = std::make_unique<k8s::ApiClient>(*kubernetes_, loop_, access.credentials,
                                          std::string(kUserAgent));
  reviewer_ = std::make_unique<k8s::AccessReviewer>(*api_, loop_);
  io::Info("api server", {{"url", access.url.Text()}, {"from", access.source}});
  return absl::OkStatus();
}

absl::Status Service::Listen(std::optional<io::HttpServerOptions> options,
                             io::HttpServer::Handler handler) {
  if (!options) return absl::OkStatus();
  const std::string where = Cat(options->address, ":", options->port);
  auto server = io::HttpServer::Listen(loop_, *std::move(options), std::move(handler));
  if (!server.ok()) return engine::Annotate(server.status(), where);
  servers_.push_back(*std::move(server));
  return absl::OkStatus();
}

absl::Status Service::Serve(const Flags& flags) {
  RETURN_IF_ERROR(Listen(ListenOptionsOf(flags.Text("health-probe-bind-address")),
                         kong::HealthPages(*controller_)));
  io::HttpServer::Handler metrics = kong::MetricsPage(*controller_, *metrics_);
  if (flags.Text("metrics-access-filter") == "rbac")
    metrics = kong::Reviewed(*reviewer_, std::move(metrics));
  RETURN_IF_ERROR(Listen(ListenOptionsOf(flags.Text("metrics-bind-address")), std::move(metrics)));
  if (!flags.Bool("dump-config")) return absl::OkStatus();
  return Listen(ListenOptionsOf(Cat(":", flags.Int("diagnostic-server-port"))),
                kong::DiagnosticPages(*controller_));
}

void Service::EndOnSignals(absl::Duration delay) {
  loop_.OnSignals([this, delay](int signal) {
    io::Info(ending_ ? "ending at once" : "ending", {{"signal", signal}});
    if (std::exchange(ending_, true)) return loop_.Stop();
    end_ = loop_.After(delay, [this] { Resign(); });
  });
}

// Another replica need not wait for the lease to run out. An API server that does not answer is not
// waited for either.
void Service::Resign() {
  late_ = loop_.After(kResignPatience, [this] { loop_.Stop(); });
  controller_->Resign([this] { loop_.Stop(); });
}

absl::Status Service::Start(const Flags& flags) {
  RETURN_IF_ERROR(CheckDataPlaneFlags(flags));
  ASSIGN_OR_RETURN(const std::vector<GatewayAddress> gateways, GatewaysOf(flags, loop_));
  ASSIGN_OR_RETURN(kong::ControllerOptions options, ControllerOptionsOf(flags, loop_));
  // After what is wrong with the line itself, which can be mended without a cluster.
  ASSIGN_OR_RETURN(const k8s::ClusterAccess access, ClusterAccessOf(flags));
  if (options.discovery) {
    ASSIGN_OR_RETURN(std::shared_ptr<io::RotatingTls> tls, AdminTlsOf(flags, loop_));
    options.discovery->connect = [this, tls](const io::Url& url) {
      return io::NewHttpClient(loop_, {.origin = url, .tls = nullptr, .rotating_tls = tls});
    };
  }
  RETURN_IF_ERROR(Connect(access));
  const std::string instance = RandomInstance();
  RETURN_IF_ERROR(AddElection(flags, access, instance, options));
  metrics_ = std::make_unique<kong::Metrics>(instance);
  controller_ = std::make_unique<kong::Controller>(
      loop_, [this](absl::AnyInvocable<void()> call) { loop_.Post(std::move(call)); }, *api_,
      *metrics_, std::move(options));
  RETURN_IF_ERROR(Serve(flags));
  ASSIGN_OR_RETURN(data_planes_, ListenForDataPlanes(flags, loop_, [this] {
                     return controller_->control_plane();
                   }));
  EndOnSignals(flags.Duration("term-delay"));
  for (const GatewayAddress& gateway : gateways) {
    io::HttpClientOptions client{.origin = gateway.url, .tls = nullptr};
    client.rotating_tls = gateway.tls;
    controller_->AddGateway(gateway.url.Text(), io::NewHttpClient(loop_, std::move(client)));
  }
  controller_->Start();
  return absl::OkStatus();
}

ExitStatus RunController(const CLI::App& command) {
  absl::StatusOr<Flags> flags = ReadFlags(command);
  if (!flags.ok()) {
    std::fprintf(stderr, "kdelta run: %s\n",
                 std::string(engine::MessageOf(flags.status())).c_str());
    return kWrongUse;
  }
  StartLog(*flags);
  Service service;
  if (absl::Status status = service.Start(*flags); !status.ok()) {
    io::Error("cannot start", {{"error", status}});
    return kWrongUse;
  }
  service.Run();
  io::Info("ended");
  return kDone;
}

}  // namespace

void AddRunCommand(CLI::App& program, ExitStatus& status) {
  CLI::App* command = program.add_subcommand("run",
                                             "Keep gateways configured from a cluster; the flags "
                                             "are those of the Kong Ingress Controller.");
  command->footer(
      "Each flag can be set by the environment as CONTROLLER_NAME_OF_FLAG; the line wins.");
  DeclareFlags(*command);
  command->callback([command, &status] { status = RunController(*command); });
}

}  // namespace kdelta
