#include "tools/kdelta/translation_flags.h"

#include <ctime>
#include <iostream>
#include <optional>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "tools/kdelta/feature_gates.h"

namespace kdelta {

using engine::InvalidArgument;

namespace {

absl::StatusOr<kong::Needs> OffersOf(const TranslationFlags& flags) {
  std::vector<std::string_view> parts = engine::Split(flags.kong_version, '.');
  std::optional<int64_t> major = engine::ParseInt(parts[0]);
  std::optional<int64_t> minor = parts.size() > 1 ? engine::ParseInt(parts[1]) : std::nullopt;
  if (!major || !minor || *major < 0 || *minor < 0 || *major > 1000 || *minor > 1000) {
    return InvalidArgument("--kong-version: expected a version like 3.9.1, not \"",
                           flags.kong_version, "\"");
  }
  return kong::OffersOf(static_cast<int>(*major), static_cast<int>(*minor),
                        flags.kong_edition == "enterprise", flags.router_flavor == "expressions");
}

absl::StatusOr<std::vector<kong::KongListen>> ListensOf(const std::vector<std::string>& texts) {
  std::vector<kong::KongListen> listens;
  for (const std::string& text : texts) {
    std::vector<std::string_view> parts = engine::Split(text, ':');
    const auto protocol = k8s::ListenerProtocolOf(parts[0]);
    std::optional<int64_t> port =
        parts.size() == 2 ? engine::ParseInt(parts[1]) : std::optional<int64_t>();
    if (protocol == k8s::ListenerProtocol::kOther || !port || *port < 1 || *port > 65535) {
      return InvalidArgument(
          "--kong-listen: expected PROTOCOL:PORT with one of HTTP, HTTPS, TLS, "
          "TCP and UDP, not \"",
          text, "\"");
    }
    listens.push_back({protocol, static_cast<int32_t>(*port)});
  }
  return listens;
}

}  // namespace

absl::StatusOr<kong::ObjectRef> ParseObjectRef(std::string_view text) {
  using engine::Symbol;
  std::vector<std::string_view> parts = engine::Split(text, '/');
  if (parts.size() == 2) return kong::ObjectRef{Symbol(parts[0]), {}, Symbol(parts[1])};
  if (parts.size() == 3)
    return kong::ObjectRef{Symbol(parts[0]), Symbol(parts[1]), Symbol(parts[2])};
  return InvalidArgument("expected KIND/[NAMESPACE/]NAME, not \"", text, "\"");
}

absl::StatusOr<kong::TranslateRequest> RequestOf(const TranslationFlags& flags) {
  kong::TranslateRequest request;
  ASSIGN_OR_RETURN(FeatureGates gates, ParseFeatureGates(flags.feature_gates));
  ASSIGN_OR_RETURN(request.offers, OffersOf(flags));
  request.options = {.ingress_class = flags.ingress_class,
                     .expressions = flags.router_flavor == "expressions",
                     .drain_support = flags.enable_drain_support,
                     .cluster_domain = flags.cluster_domain,
                     .rewrite_uris = gates.rewrite_uris,
                     .kong_service_facade = gates.kong_service_facade,
                     .sticky_sessions = (request.offers & kong::kNeedsFrom3_11) != 0,
                     .combined_services = flags.combined_services,
                     .gateway_controller = flags.gateway_controller,
                     .gateway_to_reconcile = {},
                     .kong_listens = {},
                     .gateways_unseen = false};
  ASSIGN_OR_RETURN(request.options.kong_listens, ListensOf(flags.kong_listens));
  for (const std::string& text : flags.quarantine) {
    absl::StatusOr<kong::ObjectRef> object = ParseObjectRef(text);
    if (!object.ok()) return engine::Annotate(object.status(), "--quarantine");
    request.quarantine.push_back(*object);
  }
  request.now_unix_s = std::time(nullptr);
  return request;
}

void AllowUnseenGateways(const std::vector<kong::ManifestObject>& objects,
                         kong::TranslateRequest& request) {
  if (kong::HoldGateways(objects) || !kong::HoldRoutes(objects)) return;
  request.options.gateways_unseen = true;
  std::cerr
      << "note: no Gateway is among the input; every route that names one counts as accepted, "
         "with the hostnames that it says\n";
}

void AddTranslationFlags(CLI::App& command, TranslationFlags& flags) {
  command
      .add_option("--input", flags.inputs,
                  "Files, directories, or - for standard input; YAML or JSON")
      ->required();
  AddTranslationSettings(command, flags);
}

void AddTranslationSettings(CLI::App& command, TranslationFlags& flags) {
  command.add_option("--router-flavor", flags.router_flavor, "Router flavour of the gateway")
      ->check(CLI::IsMember({"traditional", "traditional_compatible", "expressions"}))
      ->capture_default_str();
  command.add_option("--kong-version", flags.kong_version, "Version of the gateway")
      ->capture_default_str();
  command.add_option("--kong-edition", flags.kong_edition, "Edition of the gateway")
      ->check(CLI::IsMember({"community", "enterprise"}))
      ->capture_default_str();
  command.add_option("--ingress-class", flags.ingress_class, "Which Ingresses are ours")
      ->capture_default_str();
  command.add_option("--quarantine", flags.quarantine,
                     "KIND/[NAMESPACE/]NAME of an object that Kong refused");
  command.add_option("--feature-gates", flags.feature_gates,
                     "Comma list of GATE=true or GATE=false");
  command.add_flag("--enable-drain-support", flags.enable_drain_support,
                   "Keep terminating endpoints, weight 0");
  command.add_option("--cluster-domain", flags.cluster_domain,
                     "Ends the names of service-upstream targets");
  command.add_option("--gateway-api-controller-name", flags.gateway_controller,
                     "The controllerName of GatewayClasses that are ours");
  command
      .add_option("--kong-listen", flags.kong_listens,
                  "PROTOCOL:PORT that the gateway serves; without any, whatever Gateways ask for")
      ->delimiter(',');
  command.add_flag("--combined-services-from-different-httproutes", flags.combined_services,
                   "Rules of different HTTPRoutes with equal backends share a Kong service");
}

}  // namespace kdelta
