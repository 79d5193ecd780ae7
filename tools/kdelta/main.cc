// kdelta: the table of contents of the one binary.
#include "CLI/CLI.hpp"
#include "tools/kdelta/commands.h"

int main(int argc, char** argv) {
  CLI::App app("kdelta keeps Kong Gateway configured from Kubernetes, incrementally.", "kdelta");
  app.require_subcommand(1);
  int status = 0;
  kdelta::AddTranslateCommand(app, status);
  CLI11_PARSE(app, argc, argv);
  return status;
}
