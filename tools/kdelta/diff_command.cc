// `kdelta diff`: what would have to change for one configuration to become the other.
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/read_file.h"
#include "tools/kdelta/commands.h"
#include "tools/kdelta/configuration_source.h"
#include "tools/kdelta/diff_output.h"
#include "tools/kdelta/flags.h"

namespace kdelta {
namespace {

struct DiffFlags : TranslationFlags {
  std::string from, to, output = "text", schemas;
  bool fail_on_drift = false;
};

absl::StatusOr<ExitStatus> Run(const DiffFlags& flags, const CLI::App& command) {
  ASSIGN_OR_RETURN(const Flags access, ReadFlags(command));
  std::shared_ptr<const kong::SchemaTable> loaded;
  if (!flags.schemas.empty()) {
    ASSIGN_OR_RETURN(const std::string bundle, io::ReadFile(flags.schemas));
    ASSIGN_OR_RETURN(loaded, kong::SchemaTable::Parse(bundle));
  }
  const kong::SchemaTable& schemas = loaded ? *loaded : kong::SchemaTable::Bundled();
  ASSIGN_OR_RETURN(const kong::Configuration from, ReadSource(flags.from, flags, access));
  ASSIGN_OR_RETURN(const kong::Configuration to, ReadSource(flags.to, flags, access));
  const kong::ConfigurationDiff diff = kong::Compare(from, to, schemas);
  for (const std::string& note : diff.notes) std::cerr << "note: " << note << '\n';
  const bool colour = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  std::cout << (flags.output == "json"    ? DiffAsJson(diff)
                : flags.output == "calls" ? DiffAsCalls(diff)
                                          : DiffAsText(diff, colour));
  return flags.fail_on_drift && !diff.changes.empty() ? kFailed : kDone;
}

}  // namespace

void AddDiffCommand(CLI::App& app, ExitStatus& status) {
  auto flags = std::make_shared<DiffFlags>();
  CLI::App* command = app.add_subcommand(
      "diff", "Show what two configurations differ in: manifests, dumps, or live gateways");
  const char* where = "Manifests, a declarative document, or the URL of an Admin API";
  command->add_option("--from", flags->from, where)->required();
  command->add_option("--to", flags->to, where)->required();
  command->add_option("--output", flags->output, "Form of the output")
      ->check(CLI::IsMember({"text", "json", "calls"}))
      ->capture_default_str();
  command->add_flag("--fail-on-drift", flags->fail_on_drift,
                    "Exit with status 1 if there is a difference; 2 is trouble, as with diff");
  command->add_option("--schemas", flags->schemas,
                      "A bundle that kdelta schemas wrote, instead of that of Kong 3.9");
  DeclareAdminFlags(*command);
  AddTranslationSettings(*command, *flags);
  command->callback([flags, command, &status] {
    const absl::StatusOr<ExitStatus> end = Run(*flags, *command);
    if (!end.ok()) std::cerr << "error: " << engine::MessageOf(end.status()) << '\n';
    status = end.ok() ? *end : kWrongUse;
  });
}

}  // namespace kdelta
