// The subcommands of kdelta, one function and one file each.
//
// Each function declares its subcommand and its options on the program. If the user chose it, its
// CLI11 callback does the work and leaves the exit status; nothing runs before the whole line was
// parsed.
//
// Exit statuses: 0 done; 1 the work failed, or its result is negative; 2 the command line, the
// environment or a settings file is wrong, and nothing was started; 3, of `bench`, a threshold is
// exceeded.
#pragma once

#include "CLI/CLI.hpp"

namespace kdelta {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUse = 2;

using ExitStatus = int;
using AddCommand = void (*)(CLI::App& program, ExitStatus& status);

void AddBenchCommand(CLI::App& program, ExitStatus& status);
void AddDemoCommand(CLI::App& program, ExitStatus& status);
void AddDiffCommand(CLI::App& program, ExitStatus& status);
void AddDumpCommand(CLI::App& program, ExitStatus& status);
void AddExplainCommand(CLI::App& program, ExitStatus& status);
void AddRunCommand(CLI::App& program, ExitStatus& status);
void AddSchemasCommand(CLI::App& program, ExitStatus& status);
void AddSimulateCommand(CLI::App& program, ExitStatus& status);
void AddTranslateCommand(CLI::App& program, ExitStatus& status);
void AddVersionCommand(CLI::App& program, ExitStatus& status);

}  // namespace kdelta
