#include "tools/kdelta/command_line.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <utility>

#include "engine/text.h"

namespace kdelta {
namespace {

using engine::Cat;

constexpr size_t kColumns = 96;
constexpr size_t kIndent = 8;

// Levenshtein's distance, with one row of the matrix.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

std::string Wrapped(std::string_view text, size_t indent) {
  std::string out;
  size_t column = kColumns;  // As if a line were full: the first word starts a new one.
  for (std::string_view word : engine::Split(text, ' ')) {
    if (column + 1 + word.size() > kColumns) {
      if (!out.empty()) out += '\n';
      out += std::string(indent, ' ');
      column = indent;
    } else {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out + '\n';
}

// A name on one line, what it means below it.
class Layout : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool positional) const override {
    const std::string name = make_option_name(option, positional) + make_option_opts(option);
    return Cat("  ", name, "\n", Wrapped(option->get_description(), kIndent));
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    const std::string type = option->get_type_name();
    return type.empty() ? "" : Cat(option->get_positional() ? "" : " ", type);
  }
};

const CLI::App& Chosen(const CLI::App& program) {
  const auto chosen = program.get_subcommands();
  return chosen.empty() ? program : *chosen.front();
}

std::vector<std::string> NamesOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  return names;
}

// What was not understood, and what was perhaps meant.
std::string UnknownText(const CLI::App& program) {
  const CLI::App& app = Chosen(program);
  const std::vector<std::string> rest = app.remaining(true);
  const std::string name = rest.front().substr(0, rest.front().find('='));
  const std::string nearest = Nearest(name, NamesOf(app));
  std::string text = Cat(name.starts_with("-") ? "unknown flag " : "unknown word ", name);
  if (!nearest.empty()) text += Cat("; did you mean ", nearest, "?");
  return text;
}

int Refuse(const CLI::App& program, std::string_view text) {
  const CLI::App& app = Chosen(program);
  const std::string of = &app == &program ? "" : Cat(" ", app.get_name());
  std::fprintf(stderr, "kdelta%s: %s\n'kdelta%s --help' lists what there is.\n", of.c_str(),
               std::string(text).c_str(), of.c_str());
  return kWrongUse;
}

bool StartsRun(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return true;
  const std::string& first = arguments.front();
  return first.starts_with("-") && first != "-h" && first != "--help";
}

}  // namespace

std::string Nearest(std::string_view name, const std::vector<std::string>& known) {
  std::string best;
  size_t least = std::max<size_t>(2, name.size() / 3);
  for (const std::string& each : known) {
    const size_t distance = Distance(name, each);
    if (distance <= least && (best.empty() || distance < least)) {
      best = each;
      least = distance;
    }
  }
  return best;
}

int Parse(CLI::App& program, std::vector<std::string> arguments, const ExitStatus& status) {
  program.require_subcommand(1);
  program.formatter(std::make_shared<Layout>());
  for (CLI::App* command : program.get_subcommands(nullptr)) {
    command->formatter(std::make_shared<Layout>());
  }
  if (StartsRun(arguments)) arguments.insert(arguments.begin(), "run");
  std::reverse(arguments.begin(), arguments.end());  // As CLI11 wants them.
  try {
    program.parse(std::move(arguments));
  } catch (const CLI::Success& shown) {  // Help was asked for.
    return program.exit(shown);
  } catch (const CLI::ParseError& error) {
    // A misspelt flag is named before the one that is missing because of it.
    return Refuse(program, Chosen(program).remaining(true).empty() ? error.what()
                                                                   : UnknownText(program));
  }
  return status;
}

}  // namespace kdelta
