// kdelta: the table of contents.

#include <string>
#include <utility>
#include <vector>

#include "tools/kdelta/command_line.h"
#include "tools/kdelta/commands.h"

namespace kdelta {
namespace {

// In the order in which help lists them.
constexpr AddCommand kCommands[] = {
    AddBenchCommand, AddDemoCommand,    AddDiffCommand,     AddDumpCommand,      AddExplainCommand,
    AddRunCommand,   AddSchemasCommand, AddSimulateCommand, AddTranslateCommand, AddVersionCommand,
};

int Main(std::vector<std::string> arguments) {
  CLI::App program("kdelta configures Kong from Kubernetes, and sends only what changed.",
                   "kdelta");
  ExitStatus status = kDone;
  for (AddCommand add : kCommands) add(program, status);
  return Parse(program, std::move(arguments), status);
}

}  // namespace
}  // namespace kdelta

int main(int argc, char** argv) {
  return kdelta::Main(std::vector<std::string>(argv + 1, argv + argc));
}
