// How every subcommand's line is read and its help is laid out.
//
// A line that starts with a flag, or an empty one, is a line of `run`: KIC's manifests start the
// controller without a subcommand. A mistake is one line on stderr that names what was meant, and
// exit status 2. Help is wrapped to 96 columns, so that it reads well in a terminal of any usual
// width.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/kdelta/commands.h"

namespace kdelta {

// Parses the line, runs what was chosen and returns the exit status of the program.
int Parse(CLI::App& program, std::vector<std::string> arguments, const ExitStatus& status);

// Of `known`, the name nearest to `name` by edit distance; empty if none is near.
std::string Nearest(std::string_view name, const std::vector<std::string>& known);

}  // namespace kdelta
