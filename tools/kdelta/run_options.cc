#include "tools/kdelta/run_options.h"

#include <unistd.h>

#include <array>
#include <functional>
#include <random>
#include <utility>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/read_file.h"
#include "io/rotating_file.h"

namespace kdelta {
namespace {

using engine::Cat;

// The flag's own value, or what the file holds that its -file twin names; that file.
absl::Status TextOrFile(const Flags& flags, std::string_view name, std::string& text,
                        std::string& file) {
  const std::string file_flag = Cat(name, "-file");
  file = flags.Text(file_flag);
  text = flags.Text(name);
  if (file.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> read = io::ReadFile(file);
  if (!read.ok()) return engine::Annotate(read.status(), Cat("--", file_flag));
  text = *std::move(read);
  return absl::OkStatus();
}

absl::StatusOr<io::Headers> HeadersOf(const Flags& flags) {
  io::Headers headers;
  for (const std::string& header : flags.List("kong-admin-header")) {
    const size_t colon = header.find(':');
    if (colon == std::string::npos || colon == 0) {
      return engine::InvalidArgument("--kong-admin-header: expected NAME:VALUE");
    }
    headers.Add(header.substr(0, colon),
                std::string(engine::Trim(std::string_view(header).substr(colon + 1))));
  }
  return headers;
}

// Null without a token.
absl::StatusOr<std::function<std::string()>> TokenOf(const Flags& flags, const io::Clock& clock) {
  std::string token, file;
  RETURN_IF_ERROR(TextOrFile(flags, "kong-admin-token", token, file));
  token = engine::Trim(token);
  if (token.empty()) return nullptr;
  if (file.empty()) return [token] { return token; };
  auto rotating = std::make_shared<io::RotatingFile>(clock, file);
  return [rotating, token] { return rotating->Text().value_or(token); };
}

std::string HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "kdelta";
  return name.data();
}

std::optional<bool> FlavorOf(const Flags& flags) {
  const std::string& flavor = flags.Text("router-flavor");
  if (flavor.empty()) return std::nullopt;
  return flavor == "expressions";
}

absl::Status ReadDatabaseOptions(const Flags& flags, const io::Clock& clock,
                                 kong::ControllerOptions& options) {
  kong::DatabaseOptions& database = options.database;
  ASSIGN_OR_RETURN(database.admin, AdminOptionsOf(flags, clock));
  options.delivery.headers = database.admin.headers;
  options.delivery.admin_token = database.admin.admin_token;
  database.tags = flags.List("kong-admin-filter-tag");
  database.skip_authorities = flags.Bool("skip-ca-certificates");
  database.drift_check_interval = flags.Duration("drift-check-interval");
  database.schemas = &kong::SchemaTable::Bundled();
  if (database.tags.empty() || database.tags.size() > 5) {
    return engine::InvalidArgument("--kong-admin-filter-tag: expected 1 to 5 tags");
  }
  const int64_t concurrency = flags.Int("kong-admin-concurrency");
  if (concurrency < 1) return engine::InvalidArgument("--kong-admin-concurrency: at least 1");
  database.concurrency = static_cast<size_t>(concurrency);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<kong::AdminOptions> AdminOptionsOf(const Flags& flags, const io::Clock& clock) {
  kong::AdminOptions admin;
  ASSIGN_OR_RETURN(admin.headers, HeadersOf(flags));
  ASSIGN_OR_RETURN(admin.admin_token, TokenOf(flags, clock));
  admin.workspace = flags.Text("kong-workspace");
  return admin;
}

absl::StatusOr<kong::ControllerOptions> ControllerOptionsOf(const Flags& flags,
                                                            const io::Clock& clock) {
  kong::ControllerOptions options;
  options.translation = {
      .ingress_class = flags.Text("ingress-class"),
      .expressions = false,
      .drain_support = flags.Bool("enable-drain-support"),
      .cluster_domain = flags.Text("cluster-domain"),
      .rewrite_uris = flags.gates().rewrite_uris,
      .kong_service_facade = flags.gates().kong_service_facade,
      .combined_services = flags.Bool("combined-services-from-different-httproutes"),
      .gateway_controller = flags.Text("gateway-api-controller-name"),
      .gateway_to_reconcile = flags.Text("gateway-to-reconcile"),
      .kong_listens = {},
      .gateways_unseen = false};
  kong::ClusterOptions& cluster = options.cluster;
  cluster.namespaces = flags.List("watch-namespace");
  cluster.ingresses = flags.Bool("enable-controller-ingress-networkingv1");
  cluster.ingress_classes = flags.Bool("enable-controller-ingress-class-networkingv1");
  cluster.ingress_class_parameters = flags.Bool("enable-controller-ingress-class-parameters");
  cluster.plugins = flags.Bool("enable-controller-kongplugin");
  cluster.cluster_plugins = flags.Bool("enable-controller-kongclusterplugin");
  cluster.consumers = flags.Bool("enable-controller-kongconsumer");
  cluster.vaults = flags.Bool("enable-controller-kong-vault");
  cluster.licenses = flags.Bool("enable-controller-kong-license");
  cluster.custom_entities = flags.Bool("enable-controller-kong-custom-entity");
  cluster.services = flags.Bool("enable-controller-service");
  cluster.gateways = flags.Bool("enable-controller-gwapi-gateway");
  cluster.reference_grants = flags.Bool("enable-controller-gwapi-reference-grant");
  cluster.http_routes = flags.Bool("enable-controller-gwapi-httproute");
  cluster.grpc_routes = flags.Bool("enable-controller-gwapi-grpcroute");
  cluster.stream_routes = flags.Bool("enable-controller-gwapi-gateway");
  cluster.tcp_ingresses = flags.Bool("enable-controller-tcpingress");
  cluster.udp_ingresses = flags.Bool("enable-controller-udpingress");
  cluster.kong_upstream_policies = flags.Bool("enable-controller-kong-upstream-policy");
  cluster.kong_ingresses = flags.Bool("enable-controller-kongingress");
  cluster.kong_service_facades =
      flags.Bool("enable-controller-kong-service-facade") && flags.gates().kong_service_facade;
  cluster.backend_tls_policies = flags.Bool("enable-controller-gwapi-httproute");
  cluster.limit.share = flags.Number("max-removal");
  cluster.seed = std::random_device()();
  options.delivery.times.push_spacing = absl::Seconds(flags.Number("proxy-sync-seconds"));
  options.delivery.times.push_timeout_least = absl::Seconds(flags.Number("proxy-timeout-seconds"));
  options.delivery.times.status_interval =
      flags.Duration("gateway-discovery-readiness-check-interval");
  options.delivery.times.status_timeout =
      flags.Duration("gateway-discovery-readiness-check-timeout");
  options.delivery.expressions = FlavorOf(flags);
  if (const std::string& folder = flags.Text("state-dir"); !folder.empty()) {
    auto files = kong::LastGoodFiles::Open(folder);
    if (!files.ok()) return engine::Annotate(files.status(), "--state-dir");
    options.delivery.last_good = *std::move(files);
  }
  RETURN_IF_ERROR(ReadDatabaseOptions(flags, clock, options));
  options.data_planes = ListenOptionsOf(flags.Text("cluster-listen")).has_value();
  options.discovery = DiscoveryOptionsOf(flags);
  return options;
}

std::optional<kong::DiscoveryOptions> DiscoveryOptionsOf(const Flags& flags) {
  const std::string& service = flags.Text("kong-admin-svc");
  if (service.empty()) return std::nullopt;
  const auto parts = engine::Split(service, '/');
  kong::DiscoveryOptions discovery;
  discovery.service = {engine::Symbol(parts[0]), engine::Symbol(parts[1])};
  discovery.port_names = flags.List("kong-admin-svc-port-names");
  discovery.seed = std::random_device()();
  return discovery;
}

absl::Status AddElection(const Flags& flags, const k8s::ClusterAccess& access,
                         std::string_view instance, kong::ControllerOptions& options) {
  const std::string& forced = flags.Text("force-leader-election");
  if (forced == "disabled") return absl::OkStatus();
  // Where several replicas could not tell each other's pushes from their own.
  const bool shared = forced == "enabled" || !flags.Text("kong-admin-svc").empty() ||
                      ListenOptionsOf(flags.Text("cluster-listen")).has_value();
  const std::string& named = flags.Text("election-namespace");
  const std::string& ns = named.empty() ? access.ns : named;
  if (ns.empty() && !shared) return absl::OkStatus();
  if (ns.empty()) {
    return engine::InvalidArgument(
        "the replicas elect a leader, but in which namespace? Set --election-namespace");
  }
  k8s::CandidateOptions& election = options.election.emplace();
  election.lease = {engine::Symbol(ns), engine::Symbol(flags.Text("election-id"))};
  election.identity = Cat(HostName(), "_", instance);
  election.seed = std::random_device()();
  options.elect_for_databases_only = !shared;
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<io::RotatingTls>> AdminTlsOf(const Flags& flags,
                                                            const io::Clock& clock) {
  io::TlsOptions tls;
  io::TlsFiles files;
  RETURN_IF_ERROR(TextOrFile(flags, "kong-admin-ca-cert", tls.ca_pem, files.ca));
  RETURN_IF_ERROR(
      TextOrFile(flags, "kong-admin-tls-client-cert", tls.certificate_pem, files.certificate));
  RETURN_IF_ERROR(TextOrFile(flags, "kong-admin-tls-client-key", tls.key_pem, files.key));
  tls.server_name = flags.Text("kong-admin-tls-server-name");
  const std::optional<kong::DiscoveryOptions> discovery = DiscoveryOptionsOf(flags);
  if (discovery && tls.server_name.empty())
    tls.server_name = kong::AdminServerName(discovery->service);
  tls.skip_verify = flags.Bool("kong-admin-tls-skip-verify");
  return io::RotatingTls::Load(clock, std::move(tls), std::move(files));
}

absl::StatusOr<std::vector<GatewayAddress>> GatewaysOf(const Flags& flags, const io::Clock& clock) {
  std::vector<GatewayAddress> gateways;
  if (!flags.Text("kong-admin-svc").empty()) return gateways;
  // Who serves data planes only has no gateway at the initial address.
  if (!flags.given("kong-admin-url") && ListenOptionsOf(flags.Text("cluster-listen")))
    return gateways;
  std::shared_ptr<io::RotatingTls> tls;
  for (const std::string& text : flags.List("kong-admin-url")) {
    absl::StatusOr<io::Url> url = io::Url::Parse(text);
    if (!url.ok()) return engine::Annotate(url.status(), "--kong-admin-url");
    if (url->tls && !tls) {
      ASSIGN_OR_RETURN(tls, AdminTlsOf(flags, clock));
    }
    const bool uses_tls = url->tls;
    gateways.push_back({*std::move(url), uses_tls ? tls : nullptr});
  }
  return gateways;
}

absl::StatusOr<k8s::ClusterAccess> ClusterAccessOf(const Flags& flags) {
  const std::string& host = flags.Text("apiserver-host");
  k8s::ClusterAccess access;
  if (const std::string& path = flags.Text("kubeconfig"); !path.empty()) {
    ASSIGN_OR_RETURN(access, k8s::LoadKubeconfig(path));
  } else if (host.empty()) {
    return k8s::InCluster(k8s::PodEnvironment::FromProcess());
  } else {
    access.source = "--apiserver-host";
  }
  if (!host.empty()) {
    absl::StatusOr<io::Url> url = io::Url::Parse(host);
    if (!url.ok()) return engine::Annotate(url.status(), "--apiserver-host");
    access.url = *std::move(url);
  }
  return access;
}

std::optional<io::HttpServerOptions> ListenOptionsOf(std::string_view address) {
  if (address == "0" || address == "off") return std::nullopt;
  const size_t colon = address.rfind(':');
  std::string_view host = address.substr(0, colon);
  if (host.starts_with("[") && host.ends_with("]")) host = host.substr(1, host.size() - 2);
  io::HttpServerOptions options;
  options.address = host.empty() ? "0.0.0.0" : std::string(host);
  options.port = static_cast<uint16_t>(engine::ParseInt(address.substr(colon + 1)).value_or(0));
  return options;
}

}  // namespace kdelta
