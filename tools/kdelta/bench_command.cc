// `kdelta bench`: what a fleet costs on this machine.

#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/log.h"
#include "tools/capacity/measurement.h"
#include "tools/capacity/page.h"
#include "tools/capacity/rig.h"
#include "tools/capacity/scenarios.h"
#include "tools/kdelta/commands.h"

namespace kdelta {
namespace {

using engine::Cat;

constexpr int kThresholdExceeded = 3;

struct BenchLine {
  std::vector<size_t> sizes;
  std::vector<std::string> scenarios, thresholds, flags;
  std::string sink = "data-planes", json, html, program;
  size_t gateways = 1, endpoints = 4, namespaces = 20, tls_every = 10;
  uint64_t seed = 1;
  double seconds = 10;
  bool quick = false, list = false;
};

volatile std::sig_atomic_t interrupted = 0;

// On a terminal, a line that says what is under way and is written over; else nothing.
class Progress {
 public:
  void Say(const std::string& text) const {
    if (shown_) std::fprintf(stderr, "\r\033[K%s", text.c_str());
  }
  void Clear() const {
    if (shown_) std::fprintf(stderr, "\r\033[K");
  }

 private:
  const bool shown_ = isatty(STDERR_FILENO) == 1;
};

std::string List() {
  std::string text;
  for (const capacity::Scenario& one : capacity::Scenarios()) {
    const std::string name =
        one.number == 0 ? std::string(one.name)
                        : Cat(one.name, "=", static_cast<int64_t>(one.number));
    text += absl::StrFormat("%-22s %s\n", name, one.summary);
  }
  return text;
}

absl::StatusOr<std::vector<capacity::Chosen>> ChosenOf(const BenchLine& line) {
  std::vector<capacity::Chosen> chosen;
  std::vector<std::string> names = line.scenarios;
  if (names.empty()) {
    for (const capacity::Scenario& one : capacity::Scenarios()) names.emplace_back(one.name);
  }
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(chosen.emplace_back(), capacity::Choose(name));
  }
  return chosen;
}

capacity::RigOptions RigOptionsOf(const BenchLine& line, size_t ingresses,
                                  const std::string& folder) {
  capacity::RigOptions options;
  options.fleet.seed = line.seed;
  options.fleet.ingresses = ingresses;
  options.fleet.endpoints = line.endpoints;
  options.fleet.namespaces = line.namespaces;
  options.fleet.tls_every = line.tls_every;
  options.sink = line.sink == "admin-api" ? capacity::Sink::kAdminApi : capacity::Sink::kDataPlanes;
  options.gateways = line.gateways;
  options.program = line.program.empty() ? capacity::OwnProgram() : line.program;
  options.flags = line.flags;
  options.log = folder + "/controller.log";
  options.interrupted = [] { return interrupted != 0; };
  return options;
}

absl::Status BenchSize(const BenchLine& line, size_t ingresses, const std::string& folder,
                       const std::vector<capacity::Chosen>& chosen,
                       std::vector<capacity::Measurement>& found) {
  const Progress progress;
  const std::string of = Cat(ingresses, " Ingresses: ");
  progress.Say(of + "making the cluster");
  ASSIGN_OR_RETURN(const auto rig,
                   capacity::Rig::Create(RigOptionsOf(line, ingresses, folder)));
  progress.Say(of + "cold start");
  const absl::Duration began = rig->now();
  RETURN_IF_ERROR(rig->StartController());
  capacity::Report start(ingresses, "start", found);
  start.Add("until_configured", "s", absl::ToDoubleSeconds(rig->now() - began));
  start.Add("cpu", "s", rig->controller().CpuSeconds());
  start.Add("memory", "MB", static_cast<double>(rig->controller().resident_bytes()) / 1e6);
  start.Add("peak_memory", "MB",
            static_cast<double>(rig->controller().peak_resident_bytes()) / 1e6);
  const auto& taken = rig->gateways().taken();
  start.Add("entities_sent", "count", static_cast<double>(taken.entities), true);
  start.Add("bytes_sent", "bytes", static_cast<double>(taken.bytes), true);
  for (const capacity::Chosen& one : chosen) {
    progress.Say(Cat(of, one.name, ": ", one.scenario->summary));
    capacity::Report report(ingresses, one.name, found);
    const absl::Status played =
        one.scenario->play({*rig, report, one.number, line.seconds});
    if (!played.ok()) return engine::Annotate(played, Cat(of, one.name));
  }
  progress.Clear();
  return absl::OkStatus();
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return file ? absl::OkStatus() : engine::Unavailable("cannot write ", path);
}

absl::Status Bench(BenchLine line, ExitStatus& status) {
  ASSIGN_OR_RETURN(const std::vector<capacity::Chosen> chosen, ChosenOf(line));
  std::vector<capacity::Threshold> thresholds;
  for (const std::string& text : line.thresholds) {
    ASSIGN_OR_RETURN(thresholds.emplace_back(), capacity::ParseThreshold(text));
  }
  status = kFailed;  // From here on it is the work that fails, not the line.
  char name[] = "/tmp/kdelta-bench-XXXXXX";
  if (mkdtemp(name) == nullptr) return engine::Unavailable("cannot make a folder in /tmp");
  std::signal(SIGINT, [](int) { interrupted = 1; });
  std::signal(SIGTERM, [](int) { interrupted = 1; });
  std::vector<capacity::Measurement> found;
  absl::Status played;
  for (size_t size : line.sizes) {
    if (played.ok()) played = BenchSize(line, size, name, chosen, found);
  }
  if (played.ok()) std::filesystem::remove_all(name);
  std::printf("%s", capacity::Table(found).c_str());
  capacity::RunFacts facts = capacity::FactsOfMachine();
  facts.release = KDELTA_RELEASE;
  facts.commit = KDELTA_COMMIT;
  facts.seed = line.seed;
  facts.sink = line.sink;
  facts.gateways = line.gateways;
  facts.endpoints = line.endpoints;
  if (!line.json.empty())
    RETURN_IF_ERROR(WriteFile(line.json, capacity::JsonLines(facts, found)));
  if (!line.html.empty())
    RETURN_IF_ERROR(WriteFile(line.html, capacity::Page(facts, found)));
  RETURN_IF_ERROR(played);
  const std::vector<std::string> exceeded = capacity::Exceeded(thresholds, found);
  for (const std::string& sentence : exceeded)
    std::fprintf(stderr, "kdelta bench: %s\n", sentence.c_str());
  status = exceeded.empty() ? kDone : kThresholdExceeded;
  return absl::OkStatus();
}

void Declare(CLI::App& command, BenchLine& line) {
  const auto add = [&command](const char* flag, auto& value, const char* text) {
    return command.add_option(flag, value, text);
  };
  auto* sizes = add("--sizes", line.sizes, "Numbers of Ingresses; of Services there are as many.")
                    ->delimiter(',')
                    ->check(CLI::Range(10, 1'000'000));
  command.add_flag("--quick", line.quick, "1,000, 5,000 and 10,000 Ingresses, briefly.")
      ->excludes(sizes);
  command.add_flag("--list", line.list, "List the scenarios.");
  add("--scenario", line.scenarios, "Those to play, in that order; without it, all.")
      ->delimiter(',')
      ->type_name("NAME[=NUMBER]");
  add("--seconds", line.seconds, "How long churn goes on, and idleness.")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add("--sink", line.sink, "What the gateways are: data planes that take deltas, or DB-less.")
      ->check(CLI::IsMember({"data-planes", "admin-api"}))
      ->capture_default_str();
  add("--gateways", line.gateways, "How many of them.")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  add("--endpoints", line.endpoints, "Of each Service.")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add("--namespaces", line.namespaces, "Among which all is spread.")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  add("--tls-every", line.tls_every, "Each such Ingress has a certificate of its own.")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  add("--seed", line.seed, "Of all that is random.")->capture_default_str();
  add("--json", line.json, "Write the measurements there, one JSON object a line.")
      ->type_name("FILE");
  add("--html", line.html, "Write a page there that shows them.")->type_name("FILE");
  add("--threshold", line.thresholds, "SCENARIO.METRIC[@SIZE]<=VALUE; above it, exit status 3.");
  add("--controller", line.program, "Another kdelta to measure, such as one of yesterday.")
      ->type_name("PROGRAM");
  add("--controller-flag", line.flags, "A flag for its `run`.")->type_name("FLAG");
}

}  // namespace

void AddBenchCommand(CLI::App& program, ExitStatus& status) {
  auto line = std::make_shared<BenchLine>();
  CLI::App* command = program.add_subcommand(
      "bench", "Measure what fleets of several sizes cost on this machine, against simulators.");
  Declare(*command, *line);
  command->footer(
      "The controller runs as a process of its own; its CPU time and memory are what /proc says.\n"
      "Exits with 3 if a threshold is exceeded.");
  command->callback([line, &status] {
    if (line->list) {
      std::printf("%s", List().c_str());
      return;
    }
    if (line->sizes.empty())
      line->sizes = line->quick ? std::vector<size_t>{1000, 5000, 10'000}
                                : std::vector<size_t>{1000, 5000, 10'000, 20'000, 50'000};
    if (line->quick) line->seconds = std::min(line->seconds, 3.0);
    io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
    status = kWrongUse;
    const absl::Status result = Bench(*line, status);
    if (result.ok()) return;
    std::fprintf(stderr, "kdelta bench: %s\n", std::string(engine::MessageOf(result)).c_str());
  });
}

}  // namespace kdelta
