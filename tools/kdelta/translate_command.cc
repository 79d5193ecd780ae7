// `kdelta translate`: manifests in, Kong's declarative configuration out, and what is wrong with
// the rest.
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
#include "tools/kdelta/inputs.h"
#include "tools/kdelta/translation_flags.h"

namespace kdelta {
namespace {

using engine::Cat;
using engine::InvalidArgument;

struct Flags : TranslationFlags {
  std::string output = "yaml";
  std::string failures;
  std::string conditions;
  bool strict = false;
};

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

absl::Status WriteFile(const std::string& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  return out ? absl::OkStatus() : InvalidArgument(path, ": cannot be written");
}

absl::Status WriteFailures(const std::string& path, const std::vector<kong::Problem>& problems) {
  ASSIGN_OR_RETURN(std::string yaml, io::JsonToYaml(FailuresAsJson(problems)));
  return WriteFile(path, yaml);
}

// One document for each object, listener and parent.
absl::Status WriteConditions(const std::string& path, const std::vector<std::string>& documents) {
  std::string text;
  for (const std::string& document : documents) {
    ASSIGN_OR_RETURN(std::string yaml, io::JsonToYaml(document));
    text += Cat("---\n", yaml);
  }
  return WriteFile(path, text);
}

// Kinds that nothing reads, each once: the author may expect something of them.
void MentionUnreadKinds(const std::vector<kong::ManifestObject>& objects) {
  std::set<std::string> mentioned;
  for (const kong::ManifestObject& object : objects) {
    if (!kong::ApiVersionOf(object.kind).empty() || !mentioned.insert(object.kind).second) continue;
    std::cerr << "warning: objects of the kind " << object.kind << " have no effect yet\n";
  }
}

absl::StatusOr<ExitStatus> Run(const Flags& flags) {
  ASSIGN_OR_RETURN(kong::TranslateRequest request, RequestOf(flags));
  ASSIGN_OR_RETURN(const Inputs inputs, ReadInputs(flags.inputs));
  const bool readable = TellBad(inputs);
  MentionUnreadKinds(inputs.objects);
  AllowUnseenGateways(inputs.objects, request);
  kong::Translation translation = kong::Translate(inputs.objects, request);
  bool failed = false;
  for (const kong::Problem& problem : translation.problems) {
    bool failure = problem.severity == kong::Severity::kFailure;
    failed |= failure;
    std::cerr << (failure ? "" : "warning: ") << problem.object.text() << ": " << problem.text
              << '\n';
  }
  if (!flags.failures.empty()) RETURN_IF_ERROR(WriteFailures(flags.failures, translation.problems));
  if (!flags.conditions.empty())
    RETURN_IF_ERROR(WriteConditions(flags.conditions, translation.conditions));
  if (flags.output == "json") {
    std::cout << translation.document << '\n';
  } else {
    ASSIGN_OR_RETURN(std::string yaml, io::JsonToYaml(translation.document));
    std::cout << yaml;
  }
  return !readable || (failed && flags.strict) ? kFailed : kDone;
}

}  // namespace

void AddTranslateCommand(CLI::App& app, int& status) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command =
      app.add_subcommand("translate", "Write Kong's declarative configuration of some manifests");
  AddTranslationFlags(*command, *flags);
  command->add_option("--output", flags->output, "Form of the output")
      ->check(CLI::IsMember({"yaml", "json"}))
      ->capture_default_str();
  command->add_option("--failures", flags->failures, "File for the list of failures");
  command->add_option("--conditions", flags->conditions,
                      "File for the conditions of Gateway API objects, as YAML");
  command->add_flag("--strict", flags->strict, "Exit with status 1 if there are failures");
  command->callback([flags, &status] {
    absl::StatusOr<ExitStatus> end = Run(*flags);
    if (!end.ok()) std::cerr << "error: " << engine::MessageOf(end.status()) << '\n';
    status = end.ok() ? *end : kWrongUse;
  });
}

}  // namespace kdelta
