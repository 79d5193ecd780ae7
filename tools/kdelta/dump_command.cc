// `kdelta dump`: the configuration of a live Kong as a declarative document. It holds secrets.
#include <iostream>
#include <memory>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/yaml.h"
#include "tools/kdelta/admin_reader.h"
#include "tools/kdelta/commands.h"
#include "tools/kdelta/configuration_source.h"
#include "tools/kdelta/flags.h"

namespace kdelta {
namespace {

struct DumpFlags {
  std::string url, output = "yaml";
};

absl::Status Run(const DumpFlags& flags, const CLI::App& command) {
  ASSIGN_OR_RETURN(const Flags access, ReadFlags(command));
  ASSIGN_OR_RETURN(std::unique_ptr<AdminReader> admin, AdminReader::Open(flags.url, access));
  ASSIGN_OR_RETURN(const kong::Configuration configuration, ReadGateway(*admin));
  std::string document = kong::WriteConfiguration(configuration);
  if (flags.output == "yaml") {
    ASSIGN_OR_RETURN(document, io::JsonToYaml(document));
  }
  std::cout << document << (flags.output == "yaml" ? "" : "\n");
  return absl::OkStatus();
}

}  // namespace

void AddDumpCommand(CLI::App& app, ExitStatus& status) {
  auto flags = std::make_shared<DumpFlags>();
  CLI::App* command = app.add_subcommand(
      "dump", "Write the configuration of a live Kong, with its secrets, as Kong would load it");
  command->add_option("--kong-admin-url", flags->url, "URL of the Admin API")->required();
  command->add_option("--output", flags->output, "Form of the output")
      ->check(CLI::IsMember({"yaml", "json"}))
      ->capture_default_str();
  DeclareAdminFlags(*command);
  command->callback([flags, command, &status] {
    const absl::Status end = Run(*flags, *command);
    if (!end.ok()) std::cerr << "error: " << engine::MessageOf(end) << '\n';
    status = end.ok() ? kDone : kFailed;
  });
}

}  // namespace kdelta
