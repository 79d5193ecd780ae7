// `kdelta translate`: manifests in, Kong's declarative configuration out, and what is wrong with
// the rest.
#include <ctime>
#include <fstream>
#include <iostream>
#include <memory>
#include <set>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/json_writer.h"
#include "io/yaml.h"
#include "kong/translate.h"
#include "tools/kdelta/commands.h"
#include "tools/kdelta/feature_gates.h"
#include "tools/kdelta/inputs.h"

namespace kdelta {
namespace {

using engine::Cat;
using engine::InvalidArgument;

struct Flags {
  std::vector<std::string> inputs;
  std::string router_flavor = "traditional_compatible";
  std::string kong_version = "3.9.1";
  std::string kong_edition = "community";
  std::string ingress_class = "kong";
  std::string output = "yaml";
  std::string failures;
  std::vector<std::string> quarantine;
  std::string feature_gates;
  bool enable_drain_support = false;
  std::string cluster_domain;
  bool combined_services = false;
  bool strict = false;
};

absl::StatusOr<kong::Needs> OffersOf(const Flags& flags) {
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

// KIND/NAMESPACE/NAME, or KIND/NAME for an object of the cluster.
absl::StatusOr<kong::ObjectRef> ParseObjectRef(std::string_view text) {
  using engine::Symbol;
  std::vector<std::string_view> parts = engine::Split(text, '/');
  if (parts.size() == 2) return kong::ObjectRef{Symbol(parts[0]), {}, Symbol(parts[1])};
  if (parts.size() == 3)
    return kong::ObjectRef{Symbol(parts[0]), Symbol(parts[1]), Symbol(parts[2])};
  return InvalidArgument("--quarantine: expected KIND/[NAMESPACE/]NAME, not \"", text, "\"");
}

absl::StatusOr<kong::TranslateRequest> RequestOf(const Flags& flags) {
  kong::TranslateRequest request;
  ASSIGN_OR_RETURN(FeatureGates gates, ParseFeatureGates(flags.feature_gates));
  ASSIGN_OR_RETURN(request.offers, OffersOf(flags));
  request.options = {.ingress_class = flags.ingress_class,
                     .expressions = flags.router_flavor == "expressions",
                     .drain_support = flags.enable_drain_support,
                     .cluster_domain = flags.cluster_domain,
                     .rewrite_uris = gates.rewrite_uris,
                     .kong_service_facade = gates.kong_service_facade};
  for (const std::string& text : flags.quarantine) {
    ASSIGN_OR_RETURN(kong::ObjectRef object, ParseObjectRef(text));
    request.quarantine.push_back(object);
  }
  request.now_unix_s = std::time(nullptr);
  return request;
}

// One list of {apiVersion, kind, namespace, name, reason, message}.
std::string FailuresAsJson(const std::vector<kong::Problem>& problems) {
  std::string json;
  io::JsonWriter out(json);
  out.BeginArray();
  for (const kong::Problem& problem : problems) {
    if (problem.severity != kong::Severity::kFailure) continue;
    out.BeginObject().Member("apiVersion", kong::ApiVersionOf(problem.object.kind.text()));
    out.Member("kind", problem.object.kind.text());
    if (problem.object.ns) out.Member("namespace", problem.object.ns.text());
    out.Member("name", problem.object.name.text());
    out.Member("reason", "KongConfigurationTranslationFailed")
        .Member("message", problem.text)
        .EndObject();
  }
  out.EndArray();
  return json;
}

absl::Status WriteFailures(const std::string& path, const std::vector<kong::Problem>& problems) {
  ASSIGN_OR_RETURN(std::string yaml, io::JsonToYaml(FailuresAsJson(problems)));
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << yaml;
  out.close();
  return out ? absl::OkStatus() : InvalidArgument(path, ": cannot be written");
}

// Kinds that nothing reads, each once: the author may expect something of them.
void MentionUnreadKinds(const std::vector<kong::ManifestObject>& objects) {
  std::set<std::string> mentioned;
  for (const kong::ManifestObject& object : objects) {
    if (!kong::ApiVersionOf(object.kind).empty() || !mentioned.insert(object.kind).second) continue;
    std::cerr << "warning: objects of the kind " << object.kind << " have no effect yet\n";
  }
}

absl::StatusOr<bool> Run(const Flags& flags) {
  ASSIGN_OR_RETURN(kong::TranslateRequest request, RequestOf(flags));
  ASSIGN_OR_RETURN(std::vector<kong::ManifestObject> objects, ReadInputs(flags.inputs));
  MentionUnreadKinds(objects);
  kong::Translation translation = kong::Translate(objects, request);
  bool failed = false;
  for (const kong::Problem& problem : translation.problems) {
    bool failure = problem.severity == kong::Severity::kFailure;
    failed |= failure;
    std::cerr << (failure ? "" : "warning: ") << problem.object.text() << ": " << problem.text
              << '\n';
  }
  if (!flags.failures.empty()) RETURN_IF_ERROR(WriteFailures(flags.failures, translation.problems));
  if (flags.output == "json") {
    std::cout << translation.document << '\n';
  } else {
    ASSIGN_OR_RETURN(std::string yaml, io::JsonToYaml(translation.document));
    std::cout << yaml;
  }
  return !failed;
}

}  // namespace

void AddTranslateCommand(CLI::App& app, int& status) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command =
      app.add_subcommand("translate", "Write Kong's declarative configuration of some manifests");
  command
      ->add_option("--input", flags->inputs,
                   "Files, directories, or - for standard input; YAML or JSON")
      ->required();
  command->add_option("--router-flavor", flags->router_flavor, "Router flavour of the gateway")
      ->check(CLI::IsMember({"traditional", "traditional_compatible", "expressions"}))
      ->capture_default_str();
  command->add_option("--kong-version", flags->kong_version, "Version of the gateway")
      ->capture_default_str();
  command->add_option("--kong-edition", flags->kong_edition, "Edition of the gateway")
      ->check(CLI::IsMember({"community", "enterprise"}))
      ->capture_default_str();
  command->add_option("--ingress-class", flags->ingress_class, "Which Ingresses are ours")
      ->capture_default_str();
  command->add_option("--output", flags->output, "Form of the output")
      ->check(CLI::IsMember({"yaml", "json"}))
      ->capture_default_str();
  command->add_option("--failures", flags->failures, "File for the list of failures");
  command->add_option("--quarantine", flags->quarantine,
                      "KIND/[NAMESPACE/]NAME of an object that Kong refused");
  command->add_option("--feature-gates", flags->feature_gates,
                      "Comma list of GATE=true or GATE=false");
  command->add_flag("--enable-drain-support", flags->enable_drain_support,
                    "Keep terminating endpoints, weight 0");
  command->add_option("--cluster-domain", flags->cluster_domain,
                      "Ends the names of service-upstream targets");
  command->add_flag("--combined-services-from-different-httproutes", flags->combined_services,
                    "Of HTTPRoutes, which are not read yet; accepted so that scripts work");
  command->add_flag("--strict", flags->strict, "Exit with status 1 if there are failures");
  command->callback([flags, &status] {
    absl::StatusOr<bool> clean = Run(*flags);
    if (!clean.ok()) std::cerr << "error: " << engine::MessageOf(clean.status()) << '\n';
    status = !clean.ok() ? 2 : !*clean && flags->strict ? 1 : 0;
  });
}

}  // namespace kdelta
