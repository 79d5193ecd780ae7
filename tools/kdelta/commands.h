// The subcommands of kdelta, one a file; main.cc is the table of contents.
//
// Each Add… declares its flags below `app` and calls `run` when it is chosen; `status` gets what the
// process exits with.
#pragma once

#include "CLI/App.hpp"

namespace kdelta {

void AddTranslateCommand(CLI::App& app, int& status);

}  // namespace kdelta
